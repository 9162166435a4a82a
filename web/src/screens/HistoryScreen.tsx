import { useCallback, useEffect, useState } from "react";
import { listMeasurements, sentenceOf } from "../api/http";
import type { Measurement, Report } from "../api/types";
import { DeleteButton } from "../components/DeleteButton";
import { Notice } from "../components/Notice";
import { Stars } from "../components/Stars";
import { isPhoto, outcomeOf } from "../photo/words";
import { formatMoment, formatNumber } from "../reading/format";
import { sourceOf } from "../reading/naming";
import { addressOf } from "../router";

const PAGE = 30;

export function HistoryScreen() {
  const [items, setItems] = useState<Measurement[] | null>(null);
  const [more, setMore] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);

  const show = useCallback((found: Measurement[], after: Measurement[]) => {
    setItems([...after, ...found]);
    setMore(found.length === PAGE);
    setProblem(null);
  }, []);

  const load = (after: Measurement[]) => {
    listMeasurements(PAGE, after.at(-1)?.created).then(
      (found) => show(found, after),
      (error: unknown) => setProblem(sentenceOf(error)),
    );
  };

  useEffect(() => {
    const abort = new AbortController();
    listMeasurements(PAGE, undefined, abort.signal).then(
      (found) => show(found, []),
      (error: unknown) => {
        if (!abort.signal.aborted) setProblem(sentenceOf(error));
      },
    );
    return () => abort.abort();
  }, [show]);

  return (
    <div className="history">
      <h1>History</h1>
      {problem && (
        <Notice
          urgent
          title="The history is not complete"
          actions={
            <button type="button" className="button" onClick={() => load([])}>
              Try again
            </button>
          }
        >
          {problem}
        </Notice>
      )}
      {!items && !problem && <p role="status">Loading…</p>}
      {items?.length === 0 && (
        <Notice
          title="Nothing here yet"
          actions={
            <a className="button primary" href="#/">
              Measure now
            </a>
          }
        >
          Your measurements appear here. Only this browser can see them.
        </Notice>
      )}
      {items && items.length > 0 && (
        <ul className="rows">
          {items.map((item) => (
            <Row
              key={item.id}
              item={item}
              onDeleted={() => setItems((old) => old?.filter((m) => m.id !== item.id) ?? null)}
              onProblem={setProblem}
            />
          ))}
        </ul>
      )}
      {more && (
        <button type="button" className="button" onClick={() => load(items ?? [])}>
          Show older ones
        </button>
      )}
    </div>
  );
}

interface RowProps {
  item: Measurement;
  onDeleted: () => void;
  onProblem: (sentence: string) => void;
}

function Row({ item, onDeleted, onProblem }: RowProps) {
  const when = formatMoment(item.created);
  return (
    <li className="card row">
      <a href={addressOf({ screen: "result", id: item.id })}>
        <span className="row-value">
          <Outcome item={item} />
        </span>
        <span className="row-text">
          <span>{when}</span>
          <span className="meaning">{sourceOf(item)}</span>
        </span>
      </a>
      {item.report && !isPhoto(item.report) && <Stars stars={item.report.quality.stars} />}
      <DeleteButton
        id={item.id}
        what={`the measurement of ${when}`}
        onDeleted={onDeleted}
        onProblem={onProblem}
      />
    </li>
  );
}

function Outcome({ item }: { item: Measurement }) {
  if (item.status === "failed") return <span className="meaning">No result</span>;
  if (item.status !== "done") return <span className="meaning">Measuring…</span>;
  if (item.report && isPhoto(item.report)) return <PhotoOutcome report={item.report} />;
  const rate = item.report?.readings.heart_rate;
  if (!rate || rate.value === null) return <span className="meaning">Withheld</span>;
  return (
    <>
      <strong>{formatNumber(rate.value, 0)}</strong> <span className="meaning">beats/min</span>
    </>
  );
}

function PhotoOutcome({ report }: { report: Report }) {
  const outcomes = [...new Set(Object.values(report.findings).map(outcomeOf))];
  return <span className="row-finding">{outcomes.join(", ")}</span>;
}
