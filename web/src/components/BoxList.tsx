import type { CSSProperties } from "react";
import type { Box } from "../api/types";

/** The marked places of a picture, each cut out of it and with what was read there. */
export function BoxList({ boxes, picture }: { boxes: Box[]; picture: string | null }) {
  if (boxes.length === 0) return null;
  const numbered = new Set(boxes.map(({ label }) => label)).size < boxes.length;
  return (
    <ul className="facts box-list" aria-label="Marked places">
      {boxes.map((box, i) => (
        <li key={`${box.label} ${box.place.join()}`}>
          {picture && <span className="box-cut" style={cutOut(box, picture)} aria-hidden="true" />}
          <span>
            {numbered ? `${box.label} ${i + 1}` : box.label}
            {box.text && `: ${box.text}`}
          </span>
        </li>
      ))}
    </ul>
  );
}

/** The picture as a background, moved and enlarged until only the box is seen. */
function cutOut({ place: [x, y, width, height] }: Box, picture: string): CSSProperties {
  const along = (start: number, size: number) => (size < 1 ? `${(100 * start) / (1 - size)}%` : "0%");
  return {
    backgroundImage: `url("${picture}")`,
    backgroundSize: `${100 / width}% ${100 / height}%`,
    backgroundPosition: `${along(x, width)} ${along(y, height)}`,
  };
}
