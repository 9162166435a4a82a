import type { HeatmapLayer, Report } from "../api/types";
import { hasZones, scalesFromWire, type Scales } from "../reading/bands";
import { inOrder } from "../reading/naming";
import { BoxList } from "./BoxList";
import { FindingCard } from "./FindingCard";
import { Figures } from "./Figures";
import { Notice } from "./Notice";
import { PictureCompare } from "./PictureCompare";
import { ReadingCard } from "./ReadingCard";
import { SliceList } from "./SliceList";
import { Withheld } from "./Withheld";

interface Props {
  report: Report;
  scales: Scales;
  name: string;
  /** Address of the picture; null in the history, which keeps none. */
  picture: string | null;
  heatmaps?: Record<string, HeatmapLayer>;
}

/** The report of a photo: the picture beside its heat map, each finding, each reading, and the limits of it all. */
export function PhotoReport({ report, scales: known, name, picture, heatmaps = {} }: Props) {
  // Some dials depend on the person, and those come with the report.
  const scales = { ...known, ...scalesFromWire(report.scales ?? {}) };
  const findings = Object.entries(report.findings);
  const refused = findings.length > 0 && findings.every(([, finding]) => finding.status === "rejected");
  const readings = inOrder(report.readings);
  const onDials = readings.flatMap(([key, reading]) => {
    const scale = scales[key];
    return reading.value !== null && hasZones(scale) ? [{ name: key, reading, scale }] : [];
  });
  const figures = readings.filter(([key, reading]) => reading.value !== null && !hasZones(scales[key]));
  const limits = [...new Set(findings.flatMap(([, finding]) => finding.limits))];
  const boxes = report.boxes ?? [];
  return (
    <div className="photo-report">
      {picture && (
        <PictureCompare
          picture={picture}
          name={name}
          heatmaps={heatmaps}
          findings={report.findings}
          boxes={boxes}
        />
      )}
      {report.quality.messages?.map((message) => (
        <p key={message} className="meaning">
          {message}
        </p>
      ))}
      {refused ? (
        <Notice title="This picture was not judged">
          {[...new Set(findings.map(([, finding]) => finding.reason))].map((reason) => (
            <p key={reason}>{reason}</p>
          ))}
        </Notice>
      ) : (
        <div className="findings">
          {findings.map(([key, finding]) => (
            <FindingCard key={key} name={key} finding={finding} />
          ))}
        </div>
      )}
      {onDials.length > 0 && (
        <section className="dials" aria-label="Readings">
          {onDials.map((shown) => (
            <ReadingCard key={shown.name} {...shown} />
          ))}
        </section>
      )}
      <Withheld readings={readings.filter(([, reading]) => reading.value === null)} scales={scales} />
      <Figures readings={figures} scales={scales} />
      <BoxList boxes={boxes} picture={picture} />
      <SliceList slices={report.slices ?? []} finding={findings[0]?.[1]} />
      {limits.length > 0 && (
        <section className="card limits" aria-labelledby="limits">
          <h2 id="limits">What to know about this check</h2>
          <ul className="facts">
            {limits.map((limit) => (
              <li key={limit}>{limit}</li>
            ))}
          </ul>
        </section>
      )}
    </div>
  );
}
