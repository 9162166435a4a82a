// @vitest-environment node
import { expect, test } from "vitest";
import { paint, plain } from "./made";
import { areaOf, changeOf, patchOf } from "./patch";

const ALL = { left: 0, top: 0, right: 48, bottom: 48 };

test("the area is cut where the picture begins, and keeps the face's size", () => {
  expect(areaOf({ left: -10.5, top: 20.7, right: 30.2, bottom: 40.1 })).toEqual({
    left: 0,
    top: 20,
    right: 41,
    bottom: 40,
  });
});

test("cells hold the mean of every other pixel's green, less the mean of all", () => {
  // Columns 0..23 are 10, the others 30.
  const picture = paint(48, 48, (x) => [99, x < 24 ? 10 : 30, 7]);
  expect(Array.from(patchOf(picture, ALL, 2) ?? [])).toEqual([-10, 10, -10, 10]);
  // Three columns of cells: the middle one takes half of each side.
  expect(patchOf(picture, ALL, 3)?.slice(0, 3)).toEqual(Float64Array.of(-10, 0, 10));
});

test("brightness alone is no change, a shifted edge is", () => {
  const edge = (at: number, light: number) => paint(48, 48, (x) => [0, (x < at ? 0 : 120) + light, 0]);
  const before = patchOf(edge(24, 0), ALL, 24);
  expect(changeOf(before, patchOf(edge(24, 40), ALL, 24))).toBeCloseTo(0, 12);
  expect(changeOf(before, patchOf(edge(26, 0), ALL, 24))).toBeGreaterThan(1);
});

test("an area outside of the picture is another picture altogether", () => {
  const outside = patchOf(plain(48, 48), { left: 60, top: 0, right: 80, bottom: 20 }, 24);
  expect(outside).toBeNull();
  expect(changeOf(outside, outside)).toBe(Infinity);
});
