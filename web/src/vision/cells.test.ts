// @vitest-environment node
import { expect, test } from "vitest";
import { cellsOf } from "./cells";
import { paint } from "./made";

const ALL = { left: 0, top: 0, right: 48, bottom: 48 };

test("cells hold the mean of their pixels' green, borders shared", () => {
  // Columns 0..23 are 10, the others 30; the lower half is 100 more.
  const picture = paint(48, 48, (x, y) => [99, (x < 24 ? 10 : 30) + (y < 24 ? 0 : 100), 7]);
  expect(Array.from(cellsOf(picture, ALL, 2), Math.round)).toEqual([10, 30, 110, 130]);
  // The middle cell of three takes half of each side.
  expect(Array.from(cellsOf(picture, ALL, 3), Math.round)).toEqual([10, 20, 30, 60, 70, 80, 110, 120, 130]);
  // Five cells a side do not fall on whole pixels.
  const mean = cellsOf(picture, ALL, 5).reduce((sum, cell) => sum + cell, 0) / 25;
  expect(mean).toBeCloseTo(70, 9);
});

test("only the area counts", () => {
  const picture = paint(20, 20, (x, y) => [0, x >= 5 && x < 9 && y >= 6 && y < 10 ? 80 : 255, 0]);
  expect(Array.from(cellsOf(picture, { left: 5, top: 6, right: 9, bottom: 10 }, 2))).toEqual([
    80, 80, 80, 80,
  ]);
});
