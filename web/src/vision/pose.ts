import { POSE } from "./face.json";
import { type Landmarks, xOf, yOf, zOf } from "./landmarks";

/** Which way the head is turned, in degrees: left or right, up or down, and to a shoulder. */
export interface Pose {
  readonly turn: number;
  readonly nod: number;
  readonly roll: number;
}

export function poseOf(landmarks: Landmarks): Pose {
  const across = between(landmarks, POSE.SIDES);
  const down = between(landmarks, POSE.TOP_AND_CHIN);
  const eyes = between(landmarks, POSE.EYES);
  return {
    turn: degrees(Math.atan2(across.z, Math.hypot(across.x, across.y))),
    nod: degrees(Math.atan2(down.z, Math.hypot(down.x, down.y))),
    roll: degrees(Math.atan2(eyes.y, eyes.x)),
  };
}

function between(landmarks: Landmarks, [from = 0, to = 0]: readonly number[]) {
  return {
    x: xOf(landmarks, to) - xOf(landmarks, from),
    y: yOf(landmarks, to) - yOf(landmarks, from),
    z: zOf(landmarks, to) - zOf(landmarks, from),
  };
}

function degrees(radians: number): number {
  return (radians * 180) / Math.PI;
}
