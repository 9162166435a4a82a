import type { Finding } from "../api/types";
import { outcomeOf } from "../photo/words";
import { ProbabilityBars } from "./ProbabilityBars";
import { ScoreScale } from "./ScoreScale";

const BADGES = { ok: null, unsure: "Not sure", rejected: "Not judged" };

/** One finding: the answer or why there is none, how likely what is, what it means, what to do, how right this is. */
export function FindingCard({ name, finding }: { name: string; finding: Finding }) {
  const meaning = finding.top === null ? undefined : finding.classes[finding.top];
  const badge = BADGES[finding.status];
  return (
    <article className="card finding" data-finding={name} data-status={finding.status}>
      <header>
        <h3>{finding.title}</h3>
        {badge && <span className="badge">{badge}</span>}
      </header>
      {finding.status === "ok" ? (
        <div className="finding-answer">
          <p className="finding-top">
            <span className={`dot tone-${meaning?.serious ? "alert" : "good"}`} aria-hidden="true" />
            <span>
              <span className="finding-lead">The picture looks most like</span> {outcomeOf(finding)}
            </span>
          </p>
          {meaning && <p>{meaning.what}</p>}
        </div>
      ) : (
        <p className="reason">{finding.reason}</p>
      )}
      {Object.entries(finding.scores).map(([key, score]) => (
        <ScoreScale key={key} score={score} />
      ))}
      <ProbabilityBars finding={finding} />
      {finding.tip && (
        <div className="next">
          <h4>What to do next</h4>
          <p>{finding.tip}</p>
        </div>
      )}
      {finding.set_text && <p className="meaning">{finding.set_text}</p>}
      {finding.accuracy && <p className="meaning">How right this is: {finding.accuracy}</p>}
    </article>
  );
}
