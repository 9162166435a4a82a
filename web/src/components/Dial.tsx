import type { Reading } from "../api/types";
import type { Scale } from "../reading/bands";
import { angleOf, arcPath, arcsOf, pointAt, zoneOf } from "../reading/dialGeometry";
import { formatInterval, formatNumber, formatReading, formatUnit } from "../reading/format";

const CENTRE = { x: 110, y: 104 };
const RADIUS = 78;
const INTERVAL_RADIUS = 54;
const TICK_RADIUS = 96;
/** Half of the space between two zones, in degrees. */
const GAP = 0.8;
const NEEDLE = `M${CENTRE.x} ${CENTRE.y - 54}V${CENTRE.y - 87}`;

interface Props {
  name: string;
  title: string;
  reading: Reading;
  scale: Scale;
}

/**
 * A reading on its coloured scale. Zones, needle, interval and label all come from `scale` by the same functions, so
 * they cannot contradict each other.
 */
export function Dial({ name, title, reading, scale }: Props) {
  const { value, interval } = reading;
  if (value === null) return null;
  const zone = zoneOf(scale, value);
  const angle = angleOf(scale, value);
  const arcs = arcsOf(scale);
  const spoken = [
    `${title} ${formatReading(name, reading)}`,
    zone.label,
    interval && `likely between ${formatInterval(interval)}`,
    reading.status === "tentative" && "tentative",
  ].filter(Boolean);

  return (
    <figure className="dial">
      <svg viewBox="0 0 220 152" role="img" aria-label={spoken.join(", ")}>
        {arcs.map((arc, i) => (
          <path
            key={arc.from}
            className={`dial-zone tone-${arc.zone.tone}${arc.zone === zone ? " is-current" : ""}`}
            d={arcPath(arc.from + (i ? GAP : 0), arc.to - (i < arcs.length - 1 ? GAP : 0), RADIUS, CENTRE)}
          />
        ))}
        {arcs.slice(0, -1).map((arc) => {
          const [x, y] = pointAt(arc.to, TICK_RADIUS, CENTRE);
          return (
            <text key={arc.to} className="dial-tick" x={x} y={y + 3}>
              {formatNumber(arc.zone.upTo ?? scale.max)}
            </text>
          );
        })}
        <g className="dial-needle" style={{ transform: `rotate(${angle}deg)` }}>
          <path className="dial-needle-edge" d={NEEDLE} />
          <path className="dial-needle-body" d={NEEDLE} />
        </g>
        {interval && (
          <path
            className="dial-interval"
            d={arcPath(
              angleOf(scale, interval[0]),
              angleOf(scale, interval[1]) + 0.01,
              INTERVAL_RADIUS,
              CENTRE,
            )}
          />
        )}
        <text className="dial-value" x={CENTRE.x} y={CENTRE.y + 6}>
          {formatNumber(value, scale.digits ? scale.digits : undefined)}
        </text>
        <text className="dial-unit" x={CENTRE.x} y={CENTRE.y + 24}>
          {formatUnit(name, reading.unit)}
        </text>
      </svg>
      <figcaption className="dial-label">
        <span className={`dot tone-${zone.tone}`} aria-hidden="true" />
        {zone.label}
      </figcaption>
    </figure>
  );
}
