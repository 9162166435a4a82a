import type { FrameSource } from "./measurement";

/** New pictures of a playing video, each with the time it was captured. */

const LONGEST_SIDE = 640;
/** Compression noise drowns the pulse, which moves a skin pixel by well under one grey level. */
const JPEG_QUALITY = 0.92;

/** The size a picture is sent at: never larger than it is, never wider or higher than 640. */
export function sentSize(width: number, height: number): { width: number; height: number } {
  const scale = Math.min(1, LONGEST_SIDE / Math.max(width, height, 1));
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

/** Turns the video's present picture into a JPEG. */
export class JpegEncoder {
  private readonly canvas = document.createElement("canvas");
  private readonly context = this.canvas.getContext("2d", { alpha: false, willReadFrequently: true });

  /** The picture is taken from the video before this returns; only the compression is awaited. */
  async encode(video: HTMLVideoElement): Promise<ArrayBuffer | null> {
    const { width, height } = sentSize(video.videoWidth, video.videoHeight);
    if (!this.context || width === 0 || height === 0) return null;
    if (this.canvas.width !== width || this.canvas.height !== height) {
      this.canvas.width = width;
      this.canvas.height = height;
    }
    this.context.drawImage(video, 0, 0, width, height);
    const blob = await new Promise<Blob | null>((resolve) =>
      this.canvas.toBlob(resolve, "image/jpeg", JPEG_QUALITY),
    );
    return blob ? blob.arrayBuffer() : null;
  }
}

/** A playing camera picture as a source of frames. */
export class CameraFrames implements FrameSource {
  private readonly encoder = new JpegEncoder();

  constructor(private readonly video: HTMLVideoElement) {}

  watch(onFrame: (captureTime: number) => void): () => void {
    return watchFrames(this.video, onFrame);
  }

  grab(): Promise<ArrayBuffer | null> {
    return this.encoder.encode(this.video);
  }
}
