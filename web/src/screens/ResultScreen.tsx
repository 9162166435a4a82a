import { useEffect, useState } from "react";
import { getMeasurement, sentenceOf, waitForMeasurement } from "../api/http";
import type { Measurement } from "../api/types";
import { DeleteButton } from "../components/DeleteButton";
import { Notice } from "../components/Notice";
import { PhotoReport } from "../components/PhotoReport";
import { ReportView } from "../components/ReportView";
import { isPhoto, summaryOf as photoSummary } from "../photo/words";
import { useScales } from "../reading/bands";
import { saveReport } from "../reading/download";
import { formatMoment, formatReading } from "../reading/format";
import { sourceOf } from "../reading/naming";
import { recentMeasurement } from "../reading/recent";
import { addressOf, go, type Route } from "../router";

/** One measurement: just made, or from the history. */
export function ResultScreen({ id }: { id: string }) {
  const [measurement, setMeasurement] = useState<Measurement | null>(() => recentMeasurement(id));
  const [problem, setProblem] = useState<string | null>(null);
  const scales = useScales();

  useEffect(() => {
    if (recentMeasurement(id)) return;
    const abort = new AbortController();
    getMeasurement(id, abort.signal)
      .then((found) => waitForMeasurement(found, () => setMeasurement(found), abort.signal))
      .then(setMeasurement)
      .catch((error: unknown) => {
        if (!abort.signal.aborted) setProblem(sentenceOf(error));
      });
    return () => abort.abort();
  }, [id]);

  if (problem) {
    return (
      <Notice urgent title="This result cannot be shown" actions={<BackToHistory />}>
        {problem}
      </Notice>
    );
  }
  if (!measurement || !scales) return <p role="status">Loading…</p>;
  const { report } = measurement;
  const again = sourceScreen(measurement);
  return (
    <div className="result">
      <header className="result-head">
        <div>
          <h1>Your result</h1>
          <p className="meaning">
            {formatMoment(measurement.created)} · {sourceOf(measurement)}
          </p>
        </div>
        <div className="actions">
          <a className="button primary" href={addressOf(again)}>
            {again.screen === "photo" ? "Check another photo" : "Measure again"}
          </a>
          {report && (
            <button type="button" className="button" onClick={() => saveReport(report)}>
              Save report
            </button>
          )}
        </div>
      </header>
      <p className="visually-hidden" role="status">
        {summaryOf(measurement)}
      </p>
      {measurement.status === "failed" && (
        <Notice urgent title="No result" actions={<BackToHistory />}>
          {measurement.reason}
        </Notice>
      )}
      {(measurement.status === "queued" || measurement.status === "running") && <p>Still being measured…</p>}
      {report && isPhoto(report) && (
        <>
          <p className="meaning">The picture itself is not kept.</p>
          <PhotoReport report={report} scales={scales} name={measurement.name ?? "photo"} picture={null} />
        </>
      )}
      {report && !isPhoto(report) && <ReportView report={report} scales={scales} />}
      <div className="result-end">
        <DeleteButton
          id={id}
          what="this result"
          onDeleted={() => go({ screen: "history" })}
          onProblem={setProblem}
        />
      </div>
    </div>
  );
}

/** Where such a measurement is made. */
function sourceScreen({ kind, report }: Measurement): Route {
  if (report && isPhoto(report)) return { screen: "photo" };
  return { screen: kind === "finger" ? "finger" : "measure" };
}

function BackToHistory() {
  return (
    <a className="button" href="#/history">
      Go to history
    </a>
  );
}

function summaryOf({ report }: Measurement): string {
  if (report && isPhoto(report)) return photoSummary(report);
  const rate = report?.readings.heart_rate;
  if (!rate) return "";
  return rate.value === null
    ? `Heart rate withheld. ${rate.reason}`
    : `Heart rate ${formatReading("heart_rate", rate)}.`;
}
