import type { LiveHand } from "../nails/nail";
import { Ring } from "./Ring";

/** What lies over the camera's picture: the nails that are seen, how long the hand was still, or where it goes. */
export function HandOver({ seen, steady }: { seen: LiveHand; steady: number }) {
  const { nails, width, height } = seen;
  if (nails.length === 0) return <HandOutline />;
  return (
    <>
      {/* Fits into the stage as the video does. */}
      <svg className="hand-nails" viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
        {nails.map(({ box: [left, top, right, bottom], usable }, i) => (
          <rect
            key={i}
            className={usable ? "" : "is-flawed"}
            x={left * width}
            y={top * height}
            width={(right - left) * width}
            height={(bottom - top) * height}
            rx={width / 120}
          />
        ))}
      </svg>
      {steady > 0 && (
        <div className="hand-ring">
          <Ring share={steady} />
        </div>
      )}
    </>
  );
}

/** Where three fingers go. */
function HandOutline() {
  return (
    <svg className="hand-outline" viewBox="0 0 160 120" aria-hidden="true">
      {[0, 1, 2].map((k) => (
        <path key={k} d={`M150 ${30 + 26 * k}H${62 - 8 * (k % 2)}a12 12 0 0 0 0 24H150`} />
      ))}
    </svg>
  );
}
