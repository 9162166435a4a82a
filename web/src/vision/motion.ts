/**
 * How a face moved since its landmarks were placed, from its picture alone, by the method of `vitascope.face.motion`:
 * one step of Lucas and Kanade (1981) in the inverse form of Baker and Matthews (2004).
 */

import { blurred } from "./blur";
import { cellsOf } from "./cells";
import { MOTION } from "./face.json";
import { boundsOf, type Landmarks } from "./landmarks";
import { solved } from "./linear";
import { at } from "./numbers";
import type { Picture } from "./picture";

/** Since the reference. */
export interface Motion {
  /** Shift in pixels. */
  readonly x: number;
  readonly y: number;
  /** As a share. */
  readonly growth: number;
  /** Radians. */
  readonly roll: number;
  /** Mean absolute difference that is left, in grey levels; infinite when the face could not be followed. */
  readonly rest: number;
}

const NONE: Motion = { x: 0, y: 0, growth: 0, roll: 0, rest: 0 };
const LOST: Motion = { ...NONE, rest: Number.POSITIVE_INFINITY };
const N = MOTION.CELLS;

export function isFollowed(motion: Motion): boolean {
  return Number.isFinite(motion.rest);
}

/** How far two motions take the edge of a face of this size from each other, in pixels. */
export function apart(one: Motion, other: Motion, size: number): number {
  const turned = Math.abs(one.growth - other.growth) + Math.abs(one.roll - other.roll);
  return Math.hypot(one.x - other.x, one.y - other.y) + (turned * size) / 2;
}

/** The face's picture at the moment its landmarks were placed. */
export class Reference {
  /** Standard deviation of the face's picture, in grey levels. */
  readonly contrast: number = 0;
  private readonly left: number;
  private readonly top: number;
  private readonly width: number;
  private readonly height: number;
  private expected: readonly [number, number] = [0, 0];
  private readonly steps: Steps | null = null;

  constructor(picture: Picture, landmarks: Landmarks) {
    const bounds = boundsOf(landmarks);
    this.left = Math.trunc(Math.max(bounds.left, 0));
    this.top = Math.trunc(Math.max(bounds.top, 0));
    this.width = Math.max(Math.trunc(Math.min(bounds.right + 1, picture.width)) - this.left, 0);
    this.height = Math.max(Math.trunc(Math.min(bounds.bottom + 1, picture.height)) - this.top, 0);
    if (Math.min(this.width, this.height) < N) return;
    const cells = this.cells(picture, [0, 0]);
    this.steps = new Steps(cells, this.height / this.width);
    this.contrast = this.steps.contrast;
  }

  /** How the face moved from the reference to this picture of the same size. */
  motion(picture: Picture): Motion {
    let motion = LOST;
    for (let round = 0; round < MOTION.ROUNDS; round++) {
      motion = this.step(picture);
      if (!isFollowed(motion)) break;
      const [x, y] = this.expected;
      if (Math.max(Math.abs(motion.x - x), Math.abs(motion.y - y)) <= MOTION.NEAR_PX) break;
      this.expected = [Math.round(motion.x), Math.round(motion.y)];
    }
    return motion;
  }

  /** Landmarks of the reference where the motion takes them. */
  moved(landmarks: Landmarks, motion: Motion): Landmarks {
    const [cos, sin] = [Math.cos(motion.roll), Math.sin(motion.roll)].map(
      (part) => part * (1 + motion.growth),
    );
    const [middleX, middleY] = [this.left + this.width / 2, this.top + this.height / 2];
    const taken = landmarks.slice();
    for (let i = 0; i < taken.length; i += 3) {
      const [dx, dy] = [at(landmarks, i) - middleX, at(landmarks, i + 1) - middleY];
      taken[i] = dx * (cos ?? 1) - dy * (sin ?? 0) + middleX + motion.x;
      taken[i + 1] = dx * (sin ?? 0) + dy * (cos ?? 1) + middleY + motion.y;
    }
    return taken;
  }

  /** The motion as seen from where the face is expected, a whole number of pixels from the reference. */
  private step(picture: Picture): Motion {
    const [aheadX, aheadY] = this.expected;
    const [left, top] = [this.left + aheadX, this.top + aheadY];
    const outside =
      left < 0 || top < 0 || left + this.width > picture.width || top + this.height > picture.height;
    if (!this.steps || outside) return LOST;
    const { across, down, growth, roll, rest } = this.steps.to(this.cells(picture, this.expected));
    if (Math.max(Math.abs(across), Math.abs(down)) > MOTION.MAX_STEP) return LOST;
    return {
      x: aheadX + (across * this.width) / N,
      y: aheadY + (down * this.height) / N,
      growth,
      roll,
      rest,
    };
  }

  private cells(picture: Picture, [aheadX, aheadY]: readonly [number, number]): Float64Array {
    const [left, top] = [this.left + aheadX, this.top + aheadY];
    const area = { left, top, right: left + this.width, bottom: top + this.height };
    // The method takes the picture for smooth from cell to cell.
    return blurred(cellsOf(picture, area, N), N, MOTION.BLUR);
  }
}

/** The linear step from one picture of cells to another. */
class Steps {
  readonly contrast: number;
  private readonly design: Float64Array[];
  private readonly solve: Float64Array[];
  private readonly weight: Float64Array;

  /** `ratio`: height of the cells over their width. */
  constructor(
    private readonly cells: Float64Array,
    ratio: number,
  ) {
    const mean = cells.reduce((sum, value) => sum + value, 0) / cells.length;
    this.contrast = Math.sqrt(cells.reduce((sum, value) => sum + (value - mean) ** 2, 0) / cells.length);
    const places = Array.from(
      cells,
      (_, i) => [(i % N) - (N - 1) / 2, Math.floor(i / N) - (N - 1) / 2] as const,
    );
    const slopes = places.map((_, i) => slopeAt(cells, i));
    const change = (of: (x: number, y: number, across: number, down: number, i: number) => number) =>
      Float64Array.from(places, ([x, y], i) => of(x, y, slopes[i]?.[0] ?? 0, slopes[i]?.[1] ?? 0, i));
    // What each change does to the cells: shift (in cells), growth and roll about the middle, contrast, brightness.
    this.design = [
      change((_x, _y, across) => -across),
      change((_x, _y, _across, down) => -down),
      change((x, y, across, down) => -(x * across + y * down)),
      change((x, y, across, down) => y * ratio * across - (x / ratio) * down),
      change((_x, _y, _across, _down, i) => at(cells, i) - mean),
      change(() => 1),
    ];
    // The corners show what is behind the face, which does not move with it.
    this.weight = Float64Array.from(places, ([x, y]) => (x ** 2 + y ** 2 < (N / 2) ** 2 ? 1 : 0));
    const strengths = this.design.map((column) => Math.sqrt(dot(column, column)) + 1e-6);
    const columns = this.design.map((column, i) =>
      column.map((value, cell) => (value / (strengths[i] ?? 1)) * at(this.weight, cell)),
    );
    const normal = columns.map((one, i) =>
      columns.map((other, j) => dot(one, other) + (i === j ? MOTION.RIDGE : 0)),
    );
    this.solve = solved(normal, columns).map((row, i) => row.map((value) => value / (strengths[i] ?? 1)));
  }

  to(cells: Float64Array): { across: number; down: number; growth: number; roll: number; rest: number } {
    const difference = cells.map((value, i) => value - at(this.cells, i));
    const step = this.solve.map((row) => dot(row, difference));
    const [across = 0, down = 0, growth = 0, roll = 0] = step;
    let [rest, weight] = [0, 0];
    for (let i = 0; i < difference.length; i++) {
      let explained = 0;
      for (const [k, column] of this.design.entries()) explained += at(column, i) * (step[k] ?? 0);
      rest += Math.abs(at(difference, i) - explained) * at(this.weight, i);
      weight += at(this.weight, i);
    }
    return { across, down, growth, roll, rest: rest / weight };
  }
}

/** How the cells change to the right and downwards; one-sided at the borders. */
function slopeAt(cells: Float64Array, i: number): readonly [number, number] {
  const [x, y] = [i % N, Math.floor(i / N)];
  const slope = (place: number, step: number) => {
    const [before, after] = [place > 0 ? 1 : 0, place < N - 1 ? 1 : 0];
    return (at(cells, i + after * step) - at(cells, i - before * step)) / (before + after);
  };
  return [slope(x, 1), slope(y, N)];
}

function dot(one: Float64Array, other: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < one.length; i++) sum += at(one, i) * at(other, i);
  return sum;
}
