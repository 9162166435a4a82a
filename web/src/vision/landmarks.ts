import { at } from "./numbers";

/** 468 places on a face (x, y, z each), x and y in pixels of the picture, z on the same scale, smaller is nearer. */
export type Landmarks = Float64Array;

export const COUNT = 468;

export interface Bounds {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

export function xOf(landmarks: Landmarks, index: number): number {
  return at(landmarks, 3 * index);
}

export function yOf(landmarks: Landmarks, index: number): number {
  return at(landmarks, 3 * index + 1);
}

export function zOf(landmarks: Landmarks, index: number): number {
  return at(landmarks, 3 * index + 2);
}

/** The smallest upright rectangle around all places. */
export function boundsOf(landmarks: Landmarks): Bounds {
  const bounds = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };
  for (let i = 0; i < COUNT; i++) {
    const [x, y] = [xOf(landmarks, i), yOf(landmarks, i)];
    if (x < bounds.left) bounds.left = x;
    if (x > bounds.right) bounds.right = x;
    if (y < bounds.top) bounds.top = y;
    if (y > bounds.bottom) bounds.bottom = y;
  }
  return bounds;
}

/** The larger of the width and the height of the rectangle around all places. */
export function sizeOf(landmarks: Landmarks): number {
  const { left, top, right, bottom } = boundsOf(landmarks);
  return Math.max(right - left, bottom - top);
}

/** The mean place. */
export function centreOf(landmarks: Landmarks): readonly [number, number] {
  let [x, y] = [0, 0];
  for (let i = 0; i < COUNT; i++) {
    x += xOf(landmarks, i);
    y += yOf(landmarks, i);
  }
  return [x / COUNT, y / COUNT];
}

/** The mean place of some of them. */
export function meanOf(landmarks: Landmarks, indices: readonly number[]): readonly [number, number] {
  let [x, y] = [0, 0];
  for (const index of indices) {
    x += xOf(landmarks, index);
    y += yOf(landmarks, index);
  }
  return [x / indices.length, y / indices.length];
}
