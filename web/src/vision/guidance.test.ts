// @vitest-environment node
import { expect, test } from "vitest";
import { GUIDANCE } from "./face.json";
import { causesOf, Guidance, type View } from "./guidance";

const GOOD: View = {
  distance: 0.3,
  pixels: 192,
  offset: [0, 0],
  turn: 0,
  nod: 0,
  roll: 0,
  movement: 0,
  brightness: 120,
  backlight: 0,
  fps: 30,
  faces: 1,
};

test("a good view needs no word", () => {
  expect(causesOf(GOOD, null)).toEqual([]);
  expect(causesOf({ ...GOOD, fps: Number.NaN }, null)).toEqual([]);
});

test.each([
  [{ distance: 0.1 }, GUIDANCE.COME_CLOSER],
  [{ pixels: 50 }, GUIDANCE.COME_CLOSER],
  [{ distance: 0.9 }, GUIDANCE.MOVE_BACK],
  [{ turn: -30 }, GUIDANCE.FACE_CAMERA],
  [{ nod: 30 }, GUIDANCE.FACE_CAMERA],
  [{ roll: -25 }, GUIDANCE.HOLD_UPRIGHT],
  [{ offset: [0.1, -0.35] as const }, GUIDANCE.MIDDLE],
  [{ movement: 0.4 }, GUIDANCE.HOLD_STILL],
  [{ brightness: 30 }, GUIDANCE.MORE_LIGHT],
  [{ brightness: 235 }, GUIDANCE.LESS_LIGHT],
  [{ brightness: 90, backlight: 80 }, GUIDANCE.BACKLIGHT],
  [{ fps: 8 }, GUIDANCE.SLOW_CAMERA],
  [{ faces: 2 }, GUIDANCE.SEVERAL],
])("%o", (change, sentence) => {
  expect(causesOf({ ...GOOD, ...change }, null)).toEqual([sentence]);
});

test("why it cannot be measured weighs most, then distance before light", () => {
  const view = { ...GOOD, distance: 0.1, brightness: 30 };
  expect(causesOf(view, GUIDANCE.HAND)).toEqual([GUIDANCE.HAND, GUIDANCE.COME_CLOSER, GUIDANCE.MORE_LIGHT]);
});

test("a sentence appears when its cause has lasted and goes with it", () => {
  const guidance = new Guidance();
  for (let i = 1; i < GUIDANCE.PERSIST; i++) expect(guidance.step(["a"])).toEqual([]);
  expect(guidance.step(["b", "a"])).toEqual(["a"]);
  expect(guidance.step([])).toEqual([]);
  expect(guidance.step(["a"])).toEqual([]);
});
