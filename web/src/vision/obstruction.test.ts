// @vitest-environment node
import { expect, test } from "vitest";
import { OBSTRUCTION, VISIBILITY } from "./face.json";
import { landmarksAt } from "./made";
import { steadied, withEdges } from "./obstruction";
import { skinMap } from "./skin";
import type { Visibility } from "./visibility";

const CROP = { x: 100, y: 80, side: 40, angle: 0 };

function seen(hidden: number, skin: readonly number[] = [0, 0, 0, 0]): Visibility {
  return {
    hidden: Object.fromEntries(VISIBILITY.PARTS.map((part) => [part, hidden])),
    by: Object.fromEntries(VISIBILITY.OCCLUDERS.map((name) => [name, hidden])),
    skin: Float32Array.from(skin),
    crop: CROP,
  };
}

test("a part outside of the picture is hidden, the others are as the network saw them", () => {
  const out = Object.fromEntries(OBSTRUCTION.PLACES.forehead.map((i) => [i, [50, -20, 0] as const]));
  const { hidden, by } = withEdges(seen(0.1), landmarksAt([50, 50, 0], out), { width: 100, height: 100 });
  expect(hidden).toEqual({ ...seen(0.1).hidden, forehead: 1 });
  expect(by).toEqual({ ...seen(0.1).by, out_of_frame: 1 });
  const whole = seen(0.1);
  expect(withEdges(whole, landmarksAt([50, 50, 0]), { width: 100, height: 100 })).toBe(whole);
});

test("looks are blended over time, and the map of the skin more slowly", () => {
  const blended = steadied(seen(0, [1, 1, 0, 0]), seen(0.4, [0, 1, 1, 0]), OBSTRUCTION.STEADY_S);
  expect(blended.hidden.nose).toBeCloseTo(0.4 * (1 - Math.exp(-1)), 9);
  expect(blended.by.mask).toBeCloseTo(0.4 * (1 - Math.exp(-1)), 9);
  const slow = Math.exp(-OBSTRUCTION.STEADY_S / OBSTRUCTION.SKIN_STEADY_S);
  expect(blended.skin[0]).toBeCloseTo(slow, 6);
  expect(blended.skin[2]).toBeCloseTo(1 - slow, 6);
});

test("after a sharp change the old map of the skin does not hold", () => {
  expect(steadied(seen(0, [1, 1, 0, 0]), seen(0.9, [0, 1, 1, 0]), 0.1).skin).toEqual(
    Float32Array.of(0, 1, 1, 0),
  );
});

test("the map of the skin lies on the crop and turns with it", () => {
  // Left column is skin.
  const upright = skinMap(seen(0, [1, 0, 1, 0]));
  expect([upright(85, 75), upright(85, 95), upright(115, 75), upright(50, 80)]).toEqual([1, 1, 0, 0]);
  // Clear skin counts whole, what is hardly skin not at all.
  const unsure = skinMap(seen(0, [0.8, 0.5, 0.2, 0.5]));
  expect([unsure(85, 75), unsure(85, 95)]).toEqual([1, 0]);
  expect(unsure(115, 75)).toBeCloseTo(0.5);
  // A quarter turn clockwise in the picture: the left column comes to lie on top.
  const turned = skinMap({ ...seen(0, [1, 0, 1, 0]), crop: { ...CROP, angle: Math.PI / 2 } });
  expect([turned(90, 65), turned(110, 65), turned(100, 95)]).toEqual([1, 1, 0]);
});
