import { COUNT, type Landmarks } from "./landmarks";
import type { Picture } from "./picture";

/** Things to look at, for tests. */

export function plain(width: number, height: number, level = 0): Picture {
  return paint(width, height, () => [level, level, level]);
}

export function paint(
  width: number,
  height: number,
  colour: (x: number, y: number) => readonly [number, number, number],
): Picture {
  const data = new Uint8ClampedArray(4 * width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) data.set([...colour(x, y), 255], 4 * (y * width + x));
  }
  return { data, width, height };
}

/** All landmarks in one place but for those given. */
export function landmarksAt(
  place: readonly [number, number, number],
  others: Readonly<Record<number, readonly [number, number, number]>> = {},
): Landmarks {
  const landmarks = new Float64Array(3 * COUNT);
  for (let i = 0; i < COUNT; i++) landmarks.set(others[i] ?? place, 3 * i);
  return landmarks;
}

/** A flat face: eyes, nose, mouth and edges where `rowOf` has them, everything else in the middle. */
export function faceAt(x: number, y: number, size: number): Landmarks {
  const [right, left, brow] = [x - size / 5, x + size / 5, y - size / 6];
  return landmarksAt([x, y, 0], {
    33: [right, brow, 0],
    133: [right, brow, 0],
    263: [left, brow, 0],
    362: [left, brow, 0],
    1: [x, y, 0],
    13: [x, y + size / 4, 0],
    14: [x, y + size / 4, 0],
    234: [x - size / 2, y, 0],
    454: [x + size / 2, y, 0],
    10: [x, y - size / 2, 0],
    152: [x, y + size / 2, 0],
  });
}

/** The finder's row for the face of `faceAt`. */
export function rowOf(x: number, y: number, size: number, score = 0.95): number[] {
  const [right, left, brow] = [x - size / 5, x + size / 5, y - size / 6];
  const box = [x - size / 2, y - size / 2, size, size];
  return [score, ...box, right, brow, left, brow, x, y, x, y + size / 4, x - size / 2, y, x + size / 2, y];
}
