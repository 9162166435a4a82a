/** Shows one sentence at a time, each for long enough to be read. */
export class Hold {
  private shown: string | null = null;
  private sinceS = Number.NEGATIVE_INFINITY;

  constructor(private readonly atLeastS: number) {}

  /** The sentence to show now, where `wanted` would be the right one; null is no sentence. */
  step(wanted: string | null, timeS: number): string | null {
    const readable = timeS - this.sinceS >= this.atLeastS || timeS < this.sinceS;
    if (wanted !== this.shown && (this.shown === null || readable)) {
      this.shown = wanted;
      this.sinceS = timeS;
    }
    return this.shown;
  }
}
