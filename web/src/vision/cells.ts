import type { Bounds } from "./landmarks";
import { at } from "./numbers";
import type { Picture } from "./picture";

/** Whole pixels of a picture: from left and top up to, not including, right and bottom. */
export type Area = Bounds;

/** Green in that area, which lies in the picture, averaged to `count` x `count` cells, row by row. */
export function cellsOf(
  { data, width }: Picture,
  { left, top, right, bottom }: Area,
  count: number,
): Float64Array {
  const across = sharesOf(right - left, count);
  const down = sharesOf(bottom - top, count);
  const cells = new Float64Array(count * count);
  const row = new Float64Array(count);
  let y = -1;
  for (const { from, to, share } of down) {
    // A row on the border of two cells comes twice in succession.
    if (from !== y) {
      y = from;
      row.fill(0);
      const start = 4 * ((top + y) * width + left) + 1;
      for (const part of across)
        row[part.to] = at(row, part.to) + part.share * at(data, start + 4 * part.from);
    }
    for (let column = 0; column < count; column++) {
      const i = to * count + column;
      cells[i] = at(cells, i) + share * at(row, column);
    }
  }
  return cells;
}

interface Share {
  from: number;
  to: number;
  share: number;
}

/** Which share each cell takes of each of `length` pixels in a row when they are averaged to `count` cells. */
function sharesOf(length: number, count: number): Share[] {
  const shares: Share[] = [];
  const cell = length / count;
  for (let to = 0; to < count; to++) {
    const [begin, end] = [to * cell, (to + 1) * cell];
    for (let from = Math.floor(begin); from < Math.min(Math.ceil(end), length); from++) {
      const part = Math.min(end, from + 1) - Math.max(begin, from);
      if (part > 1e-9) shares.push({ from, to, share: part / cell });
    }
  }
  return shares;
}
