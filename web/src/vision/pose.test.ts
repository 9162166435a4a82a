// @vitest-environment node
import { expect, test } from "vitest";
import { landmarksAt } from "./made";
import { poseOf } from "./pose";

const LEVEL = {
  33: [40, 50, 0],
  263: [60, 50, 0],
  234: [30, 60, 0],
  454: [70, 60, 0],
  10: [50, 30, 0],
  152: [50, 90, 0],
} as const;

test("a face that looks straight ahead", () => {
  expect(poseOf(landmarksAt([50, 50, 0], LEVEL))).toEqual({ turn: 0, nod: 0, roll: 0 });
});

test("a head that is turned, nodded and tilted", () => {
  const turned = poseOf(landmarksAt([50, 50, 0], { ...LEVEL, 454: [70, 60, 40] }));
  expect(turned.turn).toBeCloseTo(45, 9);
  const nodded = poseOf(landmarksAt([50, 50, 0], { ...LEVEL, 152: [50, 90, -60] }));
  expect(nodded.nod).toBeCloseTo(-45, 9);
  const tilted = poseOf(landmarksAt([50, 50, 0], { ...LEVEL, 263: [60, 70, 0] }));
  expect(tilted.roll).toBeCloseTo(45, 9);
});
