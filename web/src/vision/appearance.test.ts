// @vitest-environment node
import { expect, test } from "vitest";
import { appearanceOf, likeness } from "./appearance";
import { APPEARANCE } from "./face.json";
import { faceAt, paint } from "./made";

/** A face of stripes in an otherwise even scene. */
const face = (x: number, y: number, stripes: number, light = 1) =>
  appearanceOf(
    paint(320, 240, (column, row) => {
      const inside = Math.hypot(column - x, row - y) < 45;
      const level =
        light * (inside ? 120 + 60 * Math.sin((column - x) / stripes + ((row - y) * stripes) / 60) : 90);
      return [level, level, level];
    }),
    faceAt(x, y, 80),
  );

test("a face is like itself, elsewhere and in other light", () => {
  expect(likeness(face(160, 120, 9), face(160, 120, 9))).toBeCloseTo(1 + APPEARANCE.SCENE_WORTH, 4);
  expect(likeness(face(100, 90, 9), face(200, 130, 9, 0.6))).toBeGreaterThan(0.9);
});

test("another face is less like it", () => {
  expect(likeness(face(100, 90, 9), face(200, 130, 4))).toBeLessThan(0.5);
});
