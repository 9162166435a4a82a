import { NAILS } from "./nails.json";

/** A nail in the camera's picture: left, top, right, bottom in fractions of it, and whether it can be read. */
export interface LiveNail {
  readonly box: readonly [number, number, number, number];
  readonly usable: boolean;
}

/** The nails in one picture, and its size in pixels. */
export interface LiveHand {
  readonly nails: readonly LiveNail[];
  readonly width: number;
  readonly height: number;
}

/** The detector's rows (best first) that it is sure of, by the rules of `vitascope.screening.nails`. */
export function nailsOf(
  boxes: Float32Array,
  scores: Float32Array,
  { width, height }: { width: number; height: number },
): LiveNail[] {
  return [...scores].flatMap((score, i): LiveNail[] => {
    if (score < NAILS.THRESHOLD) return [];
    const [left = 0, top = 0, right = 0, bottom = 0] = boxes.subarray(4 * i, 4 * i + 4);
    const [w, h] = [(right - left) * width, (bottom - top) * height];
    const [narrow = 0, wide = 0] = NAILS.ASPECT;
    const inside = Math.min(left, top, 1 - right, 1 - bottom) >= NAILS.MARGIN;
    const usable = Math.min(w, h) >= NAILS.LEAST_PIXELS && inside && w / h >= narrow && w / h <= wide;
    return [{ box: [left, top, right, bottom], usable }];
  });
}
