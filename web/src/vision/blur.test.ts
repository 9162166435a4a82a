// @vitest-environment node
import { expect, test } from "vitest";
import { blurred } from "./blur";

test("a point becomes a Gaussian, and nothing is lost", () => {
  const point = new Float64Array(15 * 15);
  point[7 * 15 + 7] = 1;
  const seen = blurred(point, 15, 1);
  expect(seen.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 9);
  const [middle = 0, beside = 0, corner = 0] = [seen[7 * 15 + 7], seen[7 * 15 + 8], seen[8 * 15 + 8]];
  expect(beside / middle).toBeCloseTo(Math.exp(-0.5), 9);
  expect(corner / middle).toBeCloseTo(Math.exp(-1), 9);
});

test("an even picture stays even up to its borders", () => {
  expect(
    Math.max(...blurred(new Float64Array(64).fill(7), 8, 4).map((value) => Math.abs(value - 7))),
  ).toBeLessThan(1e-9);
});
