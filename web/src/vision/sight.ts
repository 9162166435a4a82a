import type { Face } from "../api/types";

/** What one picture showed; places in fractions of the picture, as in the server's events. */
export interface Sight {
  readonly face: (Face & { readonly landmarks: Float32Array }) | null;
  /** What the person could do better, weightiest first. */
  readonly messages: readonly string[];
}

/** What the worker is sent. */
export interface Shown {
  /** The worker closes it. */
  readonly picture: ImageBitmap;
  /** When it was taken, in seconds. */
  readonly timeS: number;
  /** Pictures a second that the camera gives, looked at or not; NaN while that is not known. */
  readonly cameraFps: number;
}
