import type { Candidate } from "./detection";
import { COUNT, type Landmarks, xOf, yOf } from "./landmarks";
import { MESH } from "./face.json";

/** A square of the picture: centre and side in pixels, the angle in radians that its x axis is turned by. */
export interface Crop {
  readonly x: number;
  readonly y: number;
  readonly side: number;
  readonly angle: number;
}

/** The upright crop around a face that the finder found. */
export function cropOfDetection({ box, points }: Candidate): Crop {
  const [x, y, w, h] = box;
  const [right, left] = points;
  return {
    x: x + w / 2,
    y: y + h / 2,
    side: MESH.MARGIN * Math.max(w, h),
    angle: Math.atan2(left[1] - right[1], left[0] - right[0]),
  };
}

/** The upright crop around landmarks. */
export function cropOfLandmarks(landmarks: Landmarks): Crop {
  const dx = xOf(landmarks, MESH.LEFT_EYE) - xOf(landmarks, MESH.RIGHT_EYE);
  const dy = yOf(landmarks, MESH.LEFT_EYE) - yOf(landmarks, MESH.RIGHT_EYE);
  const angle = Math.atan2(dy, dx);
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity];
  for (let i = 0; i < COUNT; i++) {
    const [x, y] = [xOf(landmarks, i), yOf(landmarks, i)];
    const [across, down] = [x * cos + y * sin, y * cos - x * sin];
    left = Math.min(left, across);
    right = Math.max(right, across);
    top = Math.min(top, down);
    bottom = Math.max(bottom, down);
  }
  const [across, down] = [(left + right) / 2, (top + bottom) / 2];
  return {
    x: across * cos - down * sin,
    y: across * sin + down * cos,
    side: MESH.MARGIN * Math.max(right - left, bottom - top),
    angle,
  };
}
