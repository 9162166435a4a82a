import { at } from "./numbers";

/** A square picture of numbers, `side` a row, blurred by a Gaussian of that many cells; mirrored at its borders. */
export function blurred(values: Float64Array, side: number, sigma: number): Float64Array {
  const reach = Math.round(4 * sigma);
  const kernel = Float64Array.from({ length: 2 * reach + 1 }, (_, i) =>
    Math.exp(-((i - reach) ** 2) / (2 * sigma ** 2)),
  );
  const total = kernel.reduce((sum, value) => sum + value, 0);
  const mirrored = (i: number): number => (i < 0 ? mirrored(-i) : i >= side ? mirrored(2 * side - 2 - i) : i);
  const places = Int32Array.from({ length: side + 2 * reach }, (_, i) => mirrored(i - reach));
  const pass = (from: Float64Array, along: number, across: number) => {
    const to = new Float64Array(from.length);
    for (let line = 0; line < side; line++) {
      for (let i = 0; i < side; i++) {
        let sum = 0;
        for (let k = 0; k < kernel.length; k++) {
          sum += at(kernel, k) * at(from, line * across + at(places, i + k) * along);
        }
        to[line * across + i * along] = sum / total;
      }
    }
    return to;
  };
  return pass(pass(values, 1, side), side, 1);
}
