// @vitest-environment node
import { expect, test } from "vitest";
import { FrameRate } from "./rate";

test("the rate of the last pictures, by the times they were taken", () => {
  const rate = new FrameRate();
  expect(rate.fps).toBeNaN();
  for (let i = 0; i < 40; i++) rate.count(i / 10);
  expect(rate.fps).toBeCloseTo(10, 9);
  for (let i = 1; i <= 40; i++) rate.count(4 + i / 25);
  expect(rate.fps).toBeCloseTo(25, 9);
});
