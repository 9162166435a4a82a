import type { FrameSource } from "./measurement";

/** New pictures of a playing video, each with the time it was captured. */

/** How a picture is sent. */
export interface PictureForm {
  /** Pixels at most, in width and in height. */
  longestSide: number;
  type: "image/jpeg" | "image/png";
  quality?: number;
}

/** Compression noise drowns the pulse, which moves a skin pixel by well under one grey level. */
export const FACE_PICTURE: PictureForm = { longestSide: 640, type: "image/jpeg", quality: 0.92 };
/**
 * A covered lens shows no detail, so that a small picture holds it all. It goes uncompressed: in a smooth field the
 * rounding of JPEG's colour differences bends the ratios between red, green and blue, from which oxygen is read.
 */
export const FINGERTIP_PICTURE: PictureForm = { longestSide: 80, type: "image/png" };

/** The size a picture is sent at: never larger than it is, never wider or higher than `longestSide`. */
export function sentSize(
  width: number,
  height: number,
  longestSide: number,
): { width: number; height: number } {
  const scale = Math.min(1, longestSide / Math.max(width, height, 1));
  return { width: Math.round(width * scale), height: Math.round(height * scale) };
}

/**
 * Calls `onFrame` with the capture time in seconds of each new picture, until the returned function is called.
 * The camera's own capture time is used where the browser tells it; else the time at which the picture arrived.
 */
export function watchFrames(video: HTMLVideoElement, onFrame: (captureTime: number) => void): () => void {
  let handle = 0;
  let last = Number.NEGATIVE_INFINITY;
  let cameraTells = false;
  const next = (now: number, metadata?: VideoFrameCallbackMetadata) => {
    // One clock a recording: where the camera tells its times, a picture without one is left out.
    cameraTells ||= metadata?.captureTime !== undefined;
    const time = (cameraTells ? (metadata?.captureTime ?? Number.NaN) : now) / 1000;
    if (time > last) {
      last = time;
      onFrame(time);
    }
    request();
  };
  const byCallback = "requestVideoFrameCallback" in video;
  const request = () => {
    handle = byCallback ? video.requestVideoFrameCallback(next) : requestAnimationFrame((now) => next(now));
  };
  request();
  return () => {
    if (byCallback) video.cancelVideoFrameCallback(handle);
    else cancelAnimationFrame(handle);
  };
}

/** Turns the video's present picture into a file of the wanted form. */
export class PictureEncoder {
  private readonly canvas = document.createElement("canvas");
  private readonly context = this.canvas.getContext("2d", { alpha: false, willReadFrequently: true });

  constructor(private readonly form: PictureForm) {}

  /** The picture is taken from the video before this returns; only the compression is awaited. */
  async encode(video: HTMLVideoElement): Promise<ArrayBuffer | null> {
    const { width, height } = sentSize(video.videoWidth, video.videoHeight, this.form.longestSide);
    if (!this.context || width === 0 || height === 0) return null;
    if (this.canvas.width !== width || this.canvas.height !== height) {
      this.canvas.width = width;
      this.canvas.height = height;
    }
    this.context.drawImage(video, 0, 0, width, height);
    const blob = await new Promise<Blob | null>((resolve) =>
      this.canvas.toBlob(resolve, this.form.type, this.form.quality),
    );
    return blob ? blob.arrayBuffer() : null;
  }
}

/** A playing camera picture as a source of frames. */
export class CameraFrames implements FrameSource {
  private readonly encoder: PictureEncoder;

  constructor(
    private readonly video: HTMLVideoElement,
    form: PictureForm = FACE_PICTURE,
  ) {
    this.encoder = new PictureEncoder(form);
  }

  watch(onFrame: (captureTime: number) => void): () => void {
    return watchFrames(this.video, onFrame);
  }

  grab(): Promise<ArrayBuffer | null> {
    return this.encoder.encode(this.video);
  }
}
