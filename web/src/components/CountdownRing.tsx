import { formatClock } from "../reading/format";

const RADIUS = 34;
const LENGTH = 2 * Math.PI * RADIUS;

/** How much of the recording is in, and the seconds that remain. */
export function CountdownRing({ elapsed, seconds }: { elapsed: number; seconds: number }) {
  const share = Math.min(1, Math.max(0, elapsed / seconds));
  const left = formatClock(seconds - elapsed);
  return (
    <svg className="ring" viewBox="0 0 80 80" role="timer" aria-label={`${left} left`}>
      <circle className="ring-track" cx="40" cy="40" r={RADIUS} />
      <circle
        className="ring-done"
        cx="40"
        cy="40"
        r={RADIUS}
        strokeDasharray={LENGTH}
        strokeDashoffset={LENGTH * (1 - share)}
      />
      <text x="40" y="46">
        {left}
      </text>
    </svg>
  );
}
