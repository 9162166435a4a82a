// @vitest-environment node
import { expect, test } from "vitest";
import { faceAt, paint } from "./made";
import { xOf, yOf } from "./landmarks";
import { isFollowed, Reference } from "./motion";

const SIZE = 120;

/** A smooth pattern, moved, grown, rolled and lit differently. */
function scene({ x = 0, y = 0, growth = 0, roll = 0, light = 1 }) {
  const [cos, sin] = [Math.cos(-roll), Math.sin(-roll)];
  return paint(320, 240, (column, row) => {
    const [dx, dy] = [(column - 160.5 - x) / (1 + growth), (row - 120.5 - y) / (1 + growth)];
    const [u, v] = [cos * dx - sin * dy, sin * dx + cos * dy];
    const level = light * (110 + 50 * Math.sin(u / 14) + 40 * Math.cos(v / 11 + u / 30));
    return [level, level, level];
  });
}

const reference = () => new Reference(scene({}), faceAt(160, 120, SIZE));

test("a picture that did not move", () => {
  const motion = reference().motion(scene({}));
  expect(motion.rest).toBeCloseTo(0, 9);
  expect(Math.hypot(motion.x, motion.y)).toBeCloseTo(0, 9);
});

test.each([
  [{ x: 2, y: -1 }],
  [{ x: 0.3, y: 0.4 }],
  [{ x: 4, y: 3 }],
  [{ growth: 0.02 }],
  [{ roll: 0.02 }],
  [{ x: 1, y: 1, growth: -0.015, roll: -0.02, light: 0.8 }],
])("shift, growth and roll of %o, whatever the light", (moved) => {
  const motion = reference().motion(scene(moved));
  const { x = 0, y = 0, growth = 0, roll = 0 } = moved as Partial<typeof motion>;
  expect(Math.abs(motion.x - x)).toBeLessThan(0.25);
  expect(Math.abs(motion.y - y)).toBeLessThan(0.25);
  expect(Math.abs(motion.growth - growth)).toBeLessThan(0.004);
  expect(Math.abs(motion.roll - roll)).toBeLessThan(0.004);
});

test("landmarks go with the motion", () => {
  const landmarks = faceAt(160, 120, SIZE);
  const moved = reference().moved(landmarks, { x: 3, y: -2, growth: 0.1, roll: Math.PI / 2, rest: 0 });
  // The nose tip is half a pixel off the middle of the face's picture; the chin turns to the left.
  expect(xOf(moved, 1)).toBeCloseTo(163, -0.5);
  expect(xOf(moved, 152) - xOf(moved, 1)).toBeCloseTo(-1.1 * (SIZE / 2), 9);
  expect(yOf(moved, 152) - yOf(moved, 1)).toBeCloseTo(0, 9);
});

test("a face that jumped, or left the picture, is not followed", () => {
  expect(isFollowed(reference().motion(scene({ x: 30, y: 17 })))).toBe(false);
  expect(isFollowed(new Reference(scene({}), faceAt(160, 120, 20)).motion(scene({})))).toBe(false);
});
