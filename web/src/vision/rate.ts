import { WATCHER } from "./face.json";

/** How many pictures a second a camera has given of late. */
export class FrameRate {
  private readonly times: number[] = [];

  /** One more picture, taken at that time in seconds. */
  count(timeS: number): void {
    this.times.push(timeS);
    if (this.times.length > WATCHER.RATE_FRAMES) this.times.shift();
  }

  /** NaN before the second picture. */
  get fps(): number {
    const passed = (this.times.at(-1) ?? 0) - (this.times[0] ?? 0);
    return passed > 0 ? (this.times.length - 1) / passed : Number.NaN;
  }
}
