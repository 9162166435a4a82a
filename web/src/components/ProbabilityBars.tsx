import type { Finding } from "../api/types";
import { ranked, share, titleOf } from "../photo/words";

/** A serious class of this probability is marked strongly, also outside the prediction set. */
const NOT_TO_OVERLOOK = 0.05;

/** Every class with its probability as a bar, most probable first. Serious ones are marked by colour and by word. */
export function ProbabilityBars({ finding }: { finding: Finding }) {
  const rows = ranked(finding);
  if (rows.length === 0) return null;
  return (
    <ul className="bars" aria-label={`Probabilities: ${finding.title}`}>
      {rows.map(([name, p]) => {
        const meaning = finding.classes[name];
        const held = finding.prediction_set.includes(name);
        const marks = [meaning?.serious && "is-serious", (held || p >= NOT_TO_OVERLOOK) && "is-likely"];
        return (
          <li key={name} className={marks.filter(Boolean).join(" ")}>
            <details>
              <summary>
                <span className="bar-title">
                  {titleOf(finding, name)}
                  {meaning?.serious && <span className="bar-mark">see a doctor</span>}
                </span>
                <span className={held ? "bar-share is-held" : "bar-share"}>{share(p)}</span>
                <svg className="bar-track" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
                  <rect className="bar-room" width="100" height="6" />
                  <rect className="bar-fill" width={100 * p} height="6" />
                </svg>
              </summary>
              {meaning && (
                <p className="meaning">
                  {meaning.what} {meaning.next_step}
                </p>
              )}
            </details>
          </li>
        );
      })}
    </ul>
  );
}
