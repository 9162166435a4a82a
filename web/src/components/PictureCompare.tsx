import { useState } from "react";
import type { Box, Finding, HeatmapLayer } from "../api/types";

interface Props {
  /** Address of the picture. */
  picture: string;
  name: string;
  heatmaps: Record<string, HeatmapLayer>;
  findings: Record<string, Finding>;
  boxes: Box[];
}

/** The picture, and beside it the same picture under the layer that shows where it speaks for the answer. */
export function PictureCompare({ picture, name, heatmaps, findings, boxes }: Props) {
  const layers = Object.entries(heatmaps);
  const [chosen, setChosen] = useState<string | null>(null);
  const [key, layer] = layers.find(([finding]) => finding === chosen) ?? layers[0] ?? [null, null];
  return (
    <div className="compare">
      <figure>
        <div className="compare-picture">
          <img src={picture} alt={name} />
          {boxes.length > 0 && <Boxes boxes={boxes} />}
        </div>
        <figcaption>Picture</figcaption>
      </figure>
      {layer && (
        <figure>
          <div className="compare-picture">
            <img src={picture} alt="" />
            <img className="compare-layer" src={layer.picture} alt={`Heat map: ${layer.title}`} />
          </div>
          <figcaption>
            Bright where it speaks for <b>{layer.title}</b>
          </figcaption>
        </figure>
      )}
      {layers.length > 1 && (
        <fieldset className="segments compare-choice">
          <legend>Heat map of</legend>
          {layers.map(([finding]) => (
            <label key={finding} className={finding === key ? "is-on" : ""}>
              <input
                type="radio"
                name={`heatmap-${name}`}
                checked={finding === key}
                onChange={() => setChosen(finding)}
              />
              <span className="segment-main">{findings[finding]?.title ?? finding}</span>
            </label>
          ))}
        </fieldset>
      )}
    </div>
  );
}

function Boxes({ boxes }: { boxes: Box[] }) {
  return (
    <svg className="compare-boxes" viewBox="0 0 1 1" preserveAspectRatio="none" aria-hidden="true">
      {boxes.map(({ place: [x, y, width, height], label }) => (
        <rect key={`${label} ${x} ${y}`} x={x} y={y} width={width} height={height} />
      ))}
    </svg>
  );
}
