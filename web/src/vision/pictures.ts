import { sentSize } from "../live/frames";

/** What a worker answers: once whether it can work at all, then one sight for each picture. */
export type Answer<Sight> = { readonly ready: boolean } | { readonly sight: Sight };

/** Shows pictures of a video to a worker, one at a time: a picture that comes while it is busy is left out. */
export class PictureWorker<Sight> {
  private free = false;
  private closed = false;

  /** `onSight` hears of each picture looked at; `onGone`, once, that there will be no more. */
  constructor(
    private readonly worker: Worker,
    private readonly longestSide: number,
    private readonly onSight: (sight: Sight) => void,
    private readonly onGone: () => void,
  ) {
    worker.onmessage = ({ data }: MessageEvent<Answer<Sight>>) => this.hear(data);
    worker.onerror = () => this.give();
  }

  /** Whether this browser has what such a worker needs. */
  static possible(): boolean {
    return ["Worker", "OffscreenCanvas", "WebAssembly", "createImageBitmap"].every(
      (name) => name in globalThis,
    );
  }

  /** Has the worker look at the video's present picture, unless it is busy; `beside` is sent along. */
  async show(video: HTMLVideoElement, beside: object = {}): Promise<void> {
    const { width, height } = sentSize(video.videoWidth, video.videoHeight, this.longestSide);
    if (!this.free || width === 0 || height === 0) return;
    this.free = false;
    try {
      const picture = await createImageBitmap(video, { resizeWidth: width, resizeHeight: height });
      this.worker.postMessage({ picture, ...beside }, [picture]);
    } catch {
      // The camera has just gone; where it comes back, so do its pictures.
      this.free = true;
    }
  }

  close(): void {
    this.closed = true;
    this.worker.terminate();
  }

  private hear(answer: Answer<Sight>): void {
    if (this.closed) return;
    if ("ready" in answer && !answer.ready) {
      this.give();
      return;
    }
    this.free = true;
    if ("sight" in answer) this.onSight(answer.sight);
  }

  private give(): void {
    if (this.closed) return;
    this.close();
    this.onGone();
  }
}
