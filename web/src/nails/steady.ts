import type { LiveNail } from "./nail";

const STEADY_S = 1.2;
const LEAST_NAILS = 2;
/** How far a nail may move between pictures, in its own widths. */
const MOVED = 0.25;

/** How long a hand has been held still before the camera. */
export class Steadiness {
  private before: readonly LiveNail[] = [];
  private sinceS: number | null = null;

  /** Share of the time a hand must be held still that is over, 0 to 1, at this picture. */
  step(nails: readonly LiveNail[], timeS: number): number {
    const usable = nails.filter((nail) => nail.usable);
    const stayed = usable.filter((nail) => this.before.some((other) => apart(nail, other) < MOVED));
    this.before = usable;
    if (usable.length < LEAST_NAILS || stayed.length < Math.min(LEAST_NAILS, usable.length)) {
      this.sinceS = null;
      return 0;
    }
    this.sinceS ??= timeS;
    return Math.min(1, (timeS - this.sinceS) / STEADY_S);
  }

  reset(): void {
    this.before = [];
    this.sinceS = null;
  }
}

function apart({ box: one }: LiveNail, { box: two }: LiveNail): number {
  const width = Math.max(one[2] - one[0], 1e-6);
  const height = Math.max(one[3] - one[1], 1e-6);
  const x = (one[0] + one[2] - two[0] - two[2]) / 2 / width;
  const y = (one[1] + one[3] - two[1] - two[3]) / 2 / height;
  return Math.hypot(x, y);
}
