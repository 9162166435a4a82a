import type { Bounds } from "./landmarks";
import { at } from "./numbers";
import type { Picture } from "./picture";

/** Whole pixels of a picture: from left and top up to, not including, right and bottom. */
export type Area = Bounds;

/** The part of the rectangle around a face that is in the picture, in whole pixels. */
export function areaOf({ left, top, right, bottom }: Bounds): Area {
  const [x, y] = [Math.trunc(Math.max(left, 0)), Math.trunc(Math.max(top, 0))];
  return {
    left: x,
    top: y,
    right: x + Math.trunc(right - left) + 1,
    bottom: y + Math.trunc(bottom - top) + 1,
  };
}

/**
 * Green in that area averaged to `cells` x `cells`, less its mean: brightness alone is no movement.
 * Null when no pixel of the area is in the picture.
 */
export function patchOf(picture: Picture, area: Area, cells: number): Float64Array | null {
  const { data, width } = picture;
  // Every other pixel of every other row is enough to average over.
  const columns = Math.ceil((Math.min(area.right, width) - area.left) / 2);
  const rows = Math.ceil((Math.min(area.bottom, picture.height) - area.top) / 2);
  if (columns <= 0 || rows <= 0) return null;
  const across = sharesOf(columns, cells);
  const down = sharesOf(rows, cells);
  const patch = new Float64Array(cells * cells);
  for (const { from: row, to: cellRow, share: rowShare } of down) {
    const start = ((area.top + 2 * row) * width + area.left) * 4 + 1;
    for (const { from: column, to: cell, share } of across) {
      const i = cellRow * cells + cell;
      patch[i] = at(patch, i) + rowShare * share * at(data, start + 8 * column);
    }
  }
  const levels = patch.map(Math.round);
  const mean = levels.reduce((sum, level) => sum + level, 0) / levels.length;
  return levels.map((level) => level - mean);
}

/** How much two patches differ, in grey levels; infinite when one is missing. */
export function changeOf(patch: Float64Array | null, other: Float64Array | null): number {
  if (!patch || !other) return Number.POSITIVE_INFINITY;
  let sum = 0;
  for (const [i, value] of patch.entries()) sum += Math.abs(value - at(other, i));
  return sum / patch.length;
}

interface Share {
  from: number;
  to: number;
  share: number;
}

/** Which share each cell takes of each of `count` pixels in a row when they are averaged to `cells` cells. */
function sharesOf(count: number, cells: number): Share[] {
  const shares: Share[] = [];
  const length = count / cells;
  for (let to = 0; to < cells; to++) {
    const [begin, end] = [to * length, (to + 1) * length];
    for (let from = Math.floor(begin); from < Math.min(Math.ceil(end - 1e-9), count); from++) {
      const part = Math.min(end, from + 1) - Math.max(begin, from);
      if (part > 0) shares.push({ from, to, share: part / length });
    }
  }
  return shares;
}
