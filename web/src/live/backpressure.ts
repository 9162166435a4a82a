/**
 * How many frames are under way to the server and not yet answered.
 *
 * A frame that finds no free place is dropped, never kept for later: a late frame would only make the picture of the
 * pulse older, while its neighbours carry their own true times.
 */
export class Backpressure {
  private underWay = 0;
  dropped = 0;
  sent = 0;

  constructor(readonly limit: number) {
    if (!Number.isInteger(limit) || limit < 1)
      throw new RangeError("at least one frame must be allowed under way");
  }

  /** Takes a place for one frame, or counts it as dropped. */
  tryTake(): boolean {
    if (this.underWay >= this.limit) {
      this.dropped += 1;
      return false;
    }
    this.underWay += 1;
    this.sent += 1;
    return true;
  }

  /** The server answered a frame, or a frame that had a place was not sent after all. */
  release(): void {
    this.underWay = Math.max(0, this.underWay - 1);
  }

  get inFlight(): number {
    return this.underWay;
  }
}
