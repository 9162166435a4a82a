import type { Reading } from "../api/types";
import type { Scales } from "../reading/bands";
import { formatInterval, formatReading } from "../reading/format";
import { naming } from "../reading/naming";

interface Props {
  readings: [string, Reading][];
  scales: Scales;
}

/** Readings that have no scale with zones, as a list of plain figures. */
export function Figures({ readings, scales }: Props) {
  if (readings.length === 0) return null;
  return (
    <section className="card figures" aria-labelledby="figures">
      <h2 id="figures">More figures</h2>
      <dl>
        {readings.map(([name, reading]) => {
          const { title, meaning, experimental } = naming(name, scales[name]?.title);
          return (
            <div key={name} data-reading={name}>
              <dt>
                {title}{" "}
                {reading.status === "tentative" && (
                  <span className="badge">{experimental ? "Experimental" : "Tentative"}</span>
                )}
              </dt>
              <dd className="figure">
                <strong>{formatReading(name, reading)}</strong>
                {reading.interval && <span>likely {formatInterval(reading.interval)}</span>}
              </dd>
              <dd className="meaning">{[meaning, reading.reason].filter(Boolean).join(" ")}</dd>
            </div>
          );
        })}
      </dl>
    </section>
  );
}
