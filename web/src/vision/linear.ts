import { at } from "./numbers";

/** The rows X for which `matrix` X = `rows`, by elimination; the matrix is symmetric and positive definite. */
export function solved(
  matrix: readonly (readonly number[])[],
  rows: readonly Float64Array[],
): Float64Array[] {
  const left = matrix.map((row) => Float64Array.from(row));
  const right = rows.map((row) => row.slice());
  const subtract = (from: Float64Array | undefined, row: Float64Array | undefined, times: number) => {
    if (!from || !row) return;
    for (let i = 0; i < from.length; i++) from[i] = at(from, i) - times * at(row, i);
  };
  for (const [k, pivot] of left.entries()) {
    for (const [i, row] of left.entries()) {
      if (i === k) continue;
      const times = at(row, k) / at(pivot, k);
      subtract(row, pivot, times);
      subtract(right[i], right[k], times);
    }
  }
  return right.map((row, k) => row.map((value) => value / at(left[k] ?? row, k)));
}
