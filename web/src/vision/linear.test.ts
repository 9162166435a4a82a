// @vitest-environment node
import { expect, test } from "vitest";
import { solved } from "./linear";

test("a symmetric system is solved for each column", () => {
  // [4 1; 1 3] X = [1 5; 2 9]
  const [first, second] = solved(
    [
      [4, 1],
      [1, 3],
    ],
    [Float64Array.of(1, 5), Float64Array.of(2, 9)],
  );
  expect(first?.[0]).toBeCloseTo(1 / 11, 12);
  expect(second?.[0]).toBeCloseTo(7 / 11, 12);
  expect(first?.[1]).toBeCloseTo(6 / 11, 12);
  expect(second?.[1]).toBeCloseTo(31 / 11, 12);
});
