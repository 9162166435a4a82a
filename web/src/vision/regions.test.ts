// @vitest-environment node
import { expect, test } from "vitest";
import type { Point } from "../api/types";
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

const EVERYWHERE = () => 1;

test("brightness is the mean of the three colours of the skin inside the outline", () => {
  const inside = (x: number, y: number) => x >= 10 && x <= 30 && y >= 12 && y <= 40;
  const picture = paint(60, 60, (x, y) =>
    !inside(x, y) ? [255, 255, 255] : x < 20 ? [30, 60, 90] : [130, 160, 190],
  );
  const square: Point[] = [
    [10, 12],
    [30, 12],
    [30, 40],
    [10, 40],
  ];
  expect(brightnessIn(picture, square, (x) => (x < 20 ? 1 : 0))).toBe(60);
  const all = brightnessIn(picture, square, EVERYWHERE);
  expect(all).toBeGreaterThan(100);
  expect(all).toBeLessThan(130);
  expect(brightnessIn(picture, square, (x) => (x < 12 ? 1 : 0))).toBeNaN();
});

test("a region that lies mostly outside of the picture is not seen", () => {
  const corner = (x: number): Point[] => [
    [x, 10],
    [x + 20, 10],
    [x + 20, 30],
    [x, 30],
  ];
  expect(brightnessIn(plain(80, 80, 77), corner(-8), EVERYWHERE)).toBeCloseTo(77, 9);
  expect(brightnessIn(plain(80, 80, 77), corner(-14), EVERYWHERE)).toBeNaN();
  expect(brightnessIn(plain(80, 80, 77), corner(-40), EVERYWHERE)).toBeNaN();
});
