import { FACE_PICTURE } from "../live/frames";
import { PictureWorker } from "./pictures";
import { FrameRate } from "./rate";
import type { Sight } from "./sight";

/** Has the face in a video watched. */
export class FaceVision {
  private readonly pictures: PictureWorker<Sight>;
  private readonly rate = new FrameRate();

  /** `onSight` hears of each picture looked at; `onGone`, once, that there will be no more. */
  constructor(onSight: (sight: Sight) => void, onGone: () => void) {
    const worker = new Worker(new URL("./faceWorker.ts", import.meta.url), { type: "module" });
    this.pictures = new PictureWorker(worker, FACE_PICTURE.longestSide, onSight, onGone);
  }

  /** Has the worker look at the video's present picture, taken at that time in seconds, unless it is busy. */
  async show(video: HTMLVideoElement, timeS: number): Promise<void> {
    this.rate.count(timeS);
    await this.pictures.show(video, { timeS, cameraFps: this.rate.fps });
  }

  close(): void {
    this.pictures.close();
  }
}
