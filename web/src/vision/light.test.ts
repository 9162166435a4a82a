// @vitest-environment node
import { expect, test } from "vitest";
import { lightOn } from "./light";
import { paint, plain } from "./made";

test("luma of the face, and by how much the rest is brighter", () => {
  const picture = paint(40, 40, (x, y) =>
    x >= 10 && x < 31 && y >= 10 && y < 31 ? [40, 40, 40] : [240, 240, 240],
  );
  const { brightness, backlight } = lightOn(picture, [10, 10, 20, 20]);
  expect(brightness).toBeCloseTo(40, 9);
  expect(backlight).toBeCloseTo(200, 9);
});

test("colours count as the eye sees them", () => {
  expect(
    lightOn(
      paint(20, 20, () => [100, 0, 0]),
      [5, 5, 9, 9],
    ).brightness,
  ).toBeCloseTo(29.9, 9);
});

test("a face that fills the picture has no surroundings", () => {
  expect(lightOn(plain(20, 20, 50), [-5, -5, 40, 40])).toEqual({
    brightness: expect.closeTo(50, 9) as number,
    backlight: 0,
  });
});
