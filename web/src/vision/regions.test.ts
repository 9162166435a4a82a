// @vitest-environment node
import { expect, test } from "vitest";
import { faceAt, landmarksAt, paint, plain } from "./made";
import { brightnessIn, outlinesOf } from "./regions";

test("every point of an outline is a weighted mean of landmarks", () => {
  for (const outline of Object.values(outlinesOf(landmarksAt([30, 40, 5])))) {
    expect(outline.length).toBeGreaterThan(3);
    for (const [x, y] of outline) {
      expect(x).toBeCloseTo(30, 4);
      expect(y).toBeCloseTo(40, 4);
    }
  }
  expect(Object.keys(outlinesOf(faceAt(0, 0, 1)))).toEqual(
    expect.arrayContaining(["forehead", "left_cheek"]),
  );
});

test("brightness is the mean of the three colours inside the outline", () => {
  const picture = paint(10, 10, (x, y) =>
    x >= 2 && x <= 5 && y >= 3 && y <= 6 ? [30, 60, 90] : [255, 255, 255],
  );
  const square = [
    [2, 3],
    [5, 3],
    [5, 6.5],
    [2, 6.5],
  ] satisfies [number, number][];
  expect(brightnessIn(picture, square)).toBe(60);
});

test("what lies outside of the picture does not count", () => {
  const across = [
    [-5, -5],
    [4, -5],
    [4, 4],
    [-5, 4],
  ] satisfies [number, number][];
  expect(brightnessIn(plain(8, 8, 77), across)).toBe(77);
  const outside = across.map(([x, y]): [number, number] => [x - 20, y]);
  expect(brightnessIn(plain(8, 8, 77), outside)).toBeNaN();
});
