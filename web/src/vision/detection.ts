import type { Landmarks } from "./landmarks";

export type Place = readonly [number, number];

/** What a finder takes for a face: box (x, y, width, height) and six points in pixels, the score 0..1. */
export interface Candidate {
  readonly box: readonly [number, number, number, number];
  /** Right eye, left eye (the person's), nose tip, mouth, right ear, left ear. */
  readonly points: readonly [Place, Place, Place, Place, Place, Place];
  readonly score: number;
}

/** A face that a closer look has confirmed. */
export interface Detection extends Candidate {
  readonly landmarks: Landmarks;
  /** How sure it is to be a face, 0..1. */
  readonly sure: number;
}
