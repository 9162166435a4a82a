/** Whose face it is, well enough to tell a cut to somebody else from a movement; as `vitascope.face.appearance`. */

import { blurred } from "./blur";
import { cropOfLandmarks } from "./crop";
import { APPEARANCE, MESH } from "./face.json";
import type { Landmarks } from "./landmarks";
import { at } from "./numbers";
import type { Picture } from "./picture";

export interface Appearance {
  /** The face as grey picture and as local contrast, and the scene around it; each of mean 0 and length 1. */
  readonly grey: Float64Array;
  readonly local: Float64Array;
  readonly scene: Float64Array;
}

const SIDE = APPEARANCE.SIDE;

export function appearanceOf(picture: Picture, landmarks: Landmarks): Appearance {
  const grey = greyOf(picture, landmarks);
  const around = blurred(grey, SIDE, APPEARANCE.LOCAL);
  const detail = grey.map((value, i) => value - at(around, i));
  const power = blurred(
    detail.map((value) => value ** 2),
    SIDE,
    APPEARANCE.LOCAL,
  );
  const local = detail.map((value, i) => value / (Math.sqrt(at(power, i)) + 2));
  return { grey: unit(grey), local: unit(local), scene: unit(blurred(sceneOf(picture), SIDE, 1)) };
}

/** How alike two are: -1 to 1, and a little more in the same scene. */
export function likeness(one: Appearance, other: Appearance): number {
  const sameScene = dot(one.scene, other.scene) > APPEARANCE.SAME_SCENE;
  return (
    (dot(one.grey, other.grey) + dot(one.local, other.local)) / 2 + (sameScene ? APPEARANCE.SCENE_WORTH : 0)
  );
}

/** The face brought to one place, size and roll. */
function greyOf(picture: Picture, landmarks: Landmarks): Float64Array {
  const { x, y, side, angle } = cropOfLandmarks(landmarks);
  const double = 2 * SIDE;
  const scale = ((side / MESH.MARGIN) * APPEARANCE.COVER) / double;
  const [cos, sin, half] = [Math.cos(angle) * scale, Math.sin(angle) * scale, (double - 1) / 2];
  const grey = new Float64Array(SIDE * SIDE);
  for (let row = 0; row < double; row++) {
    for (let column = 0; column < double; column++) {
      const [across, down] = [column - half, row - half];
      const i = (row >> 1) * SIDE + (column >> 1);
      grey[i] =
        at(grey, i) + greyAt(picture, x + cos * across - sin * down, y + sin * across + cos * down) / 4;
    }
  }
  return grey;
}

/** Mean of the three colours between pixels; the border goes on outside of the picture. */
function greyAt({ data, width, height }: Picture, x: number, y: number): number {
  const [left, top] = [Math.floor(x), Math.floor(y)];
  const grey = (column: number, row: number) => {
    const i = 4 * (clamp(row, height) * width + clamp(column, width));
    return (at(data, i) + at(data, i + 1) + at(data, i + 2)) / 3;
  };
  const [u, v] = [x - left, y - top];
  const upper = (1 - u) * grey(left, top) + u * grey(left + 1, top);
  return (1 - v) * upper + v * ((1 - u) * grey(left, top + 1) + u * grey(left + 1, top + 1));
}

/** Green of some pixels, evenly spread over the picture. */
function sceneOf({ data, width, height }: Picture): Float64Array {
  const place = (i: number, length: number) => Math.trunc((i * (length - 1)) / (SIDE - 1));
  return Float64Array.from({ length: SIDE * SIDE }, (_, i) =>
    at(data, 4 * (place(Math.floor(i / SIDE), height) * width + place(i % SIDE, width)) + 1),
  );
}

function clamp(index: number, length: number): number {
  return Math.min(Math.max(index, 0), length - 1);
}

function unit(values: Float64Array): Float64Array {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const centred = values.map((value) => value - mean);
  const length = Math.sqrt(dot(centred, centred)) + 1e-6;
  return centred.map((value) => value / length);
}

function dot(one: Float64Array, other: Float64Array): number {
  return one.reduce((sum, value, i) => sum + value * at(other, i), 0);
}
