import { FACE_PICTURE, sentSize } from "../live/frames";
import { FrameRate } from "./rate";
import type { Answer, Shown, Sight } from "./sight";

/** Shows pictures to the worker, one at a time: a picture that comes while it is busy is left out. */
export class FaceVision {
  private readonly worker: Worker;
  private free = false;
  private closed = false;
  private readonly rate = new FrameRate();

  /** `onSight` hears of each picture looked at; `onGone`, once, that there will be no more. */
  constructor(
    private readonly onSight: (sight: Sight) => void,
    private readonly onGone: () => void,
  ) {
    this.worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
    this.worker.onmessage = ({ data }: MessageEvent<Answer>) => this.hear(data);
    this.worker.onerror = () => this.give();
  }

  /** Whether this browser has what the worker needs. */
  static possible(): boolean {
    return ["Worker", "OffscreenCanvas", "WebAssembly", "createImageBitmap"].every(
      (name) => name in globalThis,
    );
  }

  /** Has the worker look at the video's present picture, taken at that time in seconds, unless it is busy. */
  async show(video: HTMLVideoElement, timeS: number): Promise<void> {
    this.rate.count(timeS);
    const { width, height } = sentSize(video.videoWidth, video.videoHeight, FACE_PICTURE.longestSide);
    if (!this.free || width === 0 || height === 0) return;
    this.free = false;
    try {
      const picture = await createImageBitmap(video, { resizeWidth: width, resizeHeight: height });
      const shown: Shown = { picture, timeS, cameraFps: this.rate.fps };
      this.worker.postMessage(shown, [picture]);
    } catch {
      // The camera has just gone; where it comes back, so do its pictures.
      this.free = true;
    }
  }

  close(): void {
    this.closed = true;
    this.worker.terminate();
  }

  private hear(answer: Answer): void {
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
