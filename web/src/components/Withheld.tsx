import type { Reading } from "../api/types";
import type { Scales } from "../reading/bands";
import { naming } from "../reading/naming";

interface Props {
  readings: [string, Reading][];
  scales: Scales;
}

/** Readings that are not given, under the reason they share. */
export function Withheld({ readings, scales }: Props) {
  if (readings.length === 0) return null;
  const byReason = new Map<string, string[]>();
  for (const [name, { reason }] of readings) {
    const key = reason ?? "No reason was given.";
    byReason.set(key, [...(byReason.get(key) ?? []), naming(name, scales[name]?.title).title]);
  }
  return (
    <section className="card withheld" aria-labelledby="withheld">
      <h2 id="withheld">Withheld this time</h2>
      <p className="meaning">No value is shown for these, for the reason beneath each.</p>
      <dl>
        {[...byReason].map(([reason, titles]) => (
          <div key={reason}>
            <dt>{titles.join(", ")}</dt>
            <dd>{reason}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
