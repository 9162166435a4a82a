import type { Point } from "../api/types";
import { OUTLINES, REGIONS } from "./face.json";
import { type Landmarks, xOf, yOf } from "./landmarks";
import { at } from "./numbers";
import type { Picture } from "./picture";

/** The outline of each skin region in pixels of the picture, through weighted means of landmarks. */
export function outlinesOf(landmarks: Landmarks): Record<string, Point[]> {
  const outlines: Record<string, Point[]> = {};
  for (const [name, points] of Object.entries(OUTLINES)) {
    outlines[name] = points.map((weights) => {
      let [x, y] = [0, 0];
      for (const [index = 0, weight = 0] of weights) {
        x += weight * xOf(landmarks, index);
        y += weight * yOf(landmarks, index);
      }
      return [x, y];
    });
  }
  return outlines;
}

/**
 * Mean of red, green and blue of the skin inside an outline, 0..255; NaN when too little of it is seen.
 * `skinAt`: how surely the picture shows skin at a place, 0..1.
 */
export function brightnessIn(
  picture: Picture,
  outline: readonly Point[],
  skinAt: (x: number, y: number) => number,
): number {
  const { data, width, height } = picture;
  const rows = outline.map(([, y]) => y);
  const first = Math.max(0, Math.ceil(Math.min(...rows)));
  const last = Math.min(height - 1, Math.floor(Math.max(...rows)));
  let [sum, skin, inside] = [0, 0, 0];
  // Every other pixel of every other row is enough to average over.
  for (let y = first; y <= last; y += 2) {
    const cuts = crossings(outline, y);
    for (let i = 0; i + 1 < cuts.length; i += 2) {
      const end = Math.min(width - 1, Math.floor(at(cuts, i + 1)));
      for (let x = Math.max(0, Math.ceil(at(cuts, i))); x <= end; x += 2) {
        const pixel = 4 * (y * width + x);
        const weight = skinAt(x, y);
        sum += (weight * (at(data, pixel) + at(data, pixel + 1) + at(data, pixel + 2))) / 3;
        skin += weight;
        inside++;
      }
    }
  }
  const pixels = areaIn(outline) / 4;
  if (inside < REGIONS.MIN_SEEN * pixels || skin < REGIONS.MIN_SKIN * pixels) return Number.NaN;
  return 4 * skin < REGIONS.MIN_PIXELS ? Number.NaN : sum / skin;
}

/** The area of an outline in pixels. */
function areaIn(outline: readonly Point[]): number {
  let twice = 0;
  for (const [i, [x, y]] of outline.entries()) {
    const [u, v] = outline[(i + 1) % outline.length] ?? [x, y];
    twice += x * v - u * y;
  }
  return Math.abs(twice) / 2;
}

/** Where a row crosses an outline, from left to right. */
function crossings(outline: readonly Point[], row: number): number[] {
  const cuts: number[] = [];
  for (const [i, [x, y]] of outline.entries()) {
    const [u, v] = outline[(i + 1) % outline.length] ?? [x, y];
    if (y <= row !== v <= row) cuts.push(x + ((row - y) / (v - y)) * (u - x));
  }
  return cuts.sort((a, b) => a - b);
}
