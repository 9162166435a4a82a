import { formatClock } from "../reading/format";
import { Ring } from "./Ring";

/** How much of the recording is in, and the seconds that remain. */
export function CountdownRing({ elapsed, seconds }: { elapsed: number; seconds: number }) {
  const share = Math.min(1, Math.max(0, elapsed / seconds));
  const left = formatClock(seconds - elapsed);
  return (
    <Ring share={share} label={`${left} left`}>
      <text x="40" y="46">
        {left}
      </text>
    </Ring>
  );
}
