import type { Score } from "../api/types";
import { share } from "../photo/words";

/** The probability of all serious classes together, on a scale from harmless to serious. */
export function ScoreScale({ score }: { score: Score }) {
  const tone = score.status === "unsure" ? "caution" : score.probability >= 0.5 ? "alert" : "good";
  return (
    <figure className={`score tone-${tone}`}>
      <figcaption>
        <span>{score.title}</span>
        <strong>{share(score.probability)}</strong>
      </figcaption>
      <svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
        <rect className="bar-room" width="100" height="10" />
        <rect className="score-fill" width={100 * score.probability} height="10" />
      </svg>
      <p>{score.text}</p>
    </figure>
  );
}
