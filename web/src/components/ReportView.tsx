import type { Report } from "../api/types";
import { hasZones, type Scales } from "../reading/bands";
import { inOrder } from "../reading/naming";
import { Figures } from "./Figures";
import { Notice } from "./Notice";
import { ReadingCard } from "./ReadingCard";
import { RecordingCard } from "./RecordingCard";
import { Withheld } from "./Withheld";

/** A whole report: what is given, on dials where there is a scale, then what is withheld, then the recording. */
export function ReportView({ report, scales }: { report: Report; scales: Scales }) {
  const readings = inOrder(report.readings);
  const given = readings.filter(([, r]) => r.value !== null);
  const onDials = given.flatMap(([name, reading]) => {
    const scale = scales[name];
    return hasZones(scale) ? [{ name, reading, scale }] : [];
  });
  const [first, ...others] = onDials;
  const figures = given.filter(([name]) => !hasZones(scales[name]));
  const withheld = readings.filter(([, r]) => r.value === null);
  const why = report.readings.heart_rate?.reason ?? withheld[0]?.[1].reason;
  return (
    <>
      {given.length === 0 && (
        <Notice title="No reading this time">
          {[...new Set([...(report.quality.messages ?? []), why])].map((line) => (
            <p key={line}>{line}</p>
          ))}
        </Notice>
      )}
      <div className="top">
        {first && <ReadingCard {...first} />}
        <RecordingCard report={report} />
      </div>
      {others.length > 0 && (
        <section className="dials" aria-label="More readings">
          {others.map((shown) => (
            <ReadingCard key={shown.name} {...shown} />
          ))}
        </section>
      )}
      <div className="below">
        <Withheld readings={withheld} scales={scales} />
        <Figures readings={figures} scales={scales} />
      </div>
    </>
  );
}
