import type { Finding, SliceAnswer } from "../api/types";
import { share, titleOf } from "../photo/words";

/** What each slice of a series says. */
export function SliceList({ slices, finding }: { slices: SliceAnswer[]; finding: Finding | undefined }) {
  if (slices.length === 0) return null;
  return (
    <details className="card slices">
      <summary>Slice by slice ({slices.length})</summary>
      <ol>
        {slices.map((slice) => (
          <li key={slice.number}>
            <span className="slice-name">{slice.source}</span>
            <span>{finding ? said(slice, finding) : slice.status}</span>
          </li>
        ))}
      </ol>
    </details>
  );
}

function said(slice: SliceAnswer, finding: Finding): string {
  if (slice.status === "rejected") return "left out";
  const [best] = Object.entries(slice.probabilities).sort(([, a], [, b]) => b - a);
  if (!best) return "left out";
  const words = `${titleOf(finding, best[0])} ${share(best[1])}`;
  return slice.status === "ok" ? words : `not sure (${words})`;
}
