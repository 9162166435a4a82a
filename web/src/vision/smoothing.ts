import { SMOOTHING } from "./face.json";
import { at } from "./numbers";

/** The 1-euro filter (Casiez, Roussel & Vogel 2012): steady when slow, prompt when fast. */
export class OneEuro {
  private timeS = Number.NaN;
  private raw: Float64Array | null = null;
  private smooth: Float64Array = new Float64Array();
  private speed: Float64Array = new Float64Array();

  /** `beta` is in Hz for a speed of one `size` a second. */
  constructor(
    private readonly minCutoffHz: number,
    private readonly beta: number,
    private readonly speedCutoffHz = SMOOTHING.SPEED_CUTOFF_HZ,
  ) {}

  reset(): void {
    this.raw = null;
  }

  /** Takes what is remembered along a motion that is known: only what differs from it is smoothed. */
  move(motion: (values: Float64Array) => Float64Array): void {
    if (!this.raw) return;
    this.raw = motion(this.raw);
    this.smooth = motion(this.smooth);
  }

  /** The smoothed values. `size` is the length that speeds are judged against, in the unit of the values. */
  step(values: Float64Array, timeS: number, size: number): Float64Array {
    if (this.raw?.length !== values.length) {
      this.smooth = values.slice();
      this.speed = new Float64Array(values.length);
    } else {
      const dt = timeS - this.timeS;
      const speedShare = shareOf(this.speedCutoffHz, dt);
      for (const [i, value] of values.entries()) {
        const speed = (value - at(this.raw, i)) / (dt * size);
        const steady = at(this.speed, i) + speedShare * (speed - at(this.speed, i));
        const share = shareOf(this.minCutoffHz + this.beta * Math.abs(steady), dt);
        this.speed[i] = steady;
        this.smooth[i] = at(this.smooth, i) + share * (value - at(this.smooth, i));
      }
    }
    this.raw = values.slice();
    this.timeS = timeS;
    return this.smooth.slice();
  }
}

/** How far a first-order low-pass moves towards its input in `dt` seconds, 0..1. */
function shareOf(cutoffHz: number, dt: number): number {
  return 1 - Math.exp(-2 * Math.PI * cutoffHz * dt);
}
