// @vitest-environment node
import { expect, test } from "vitest";
import { VISIBILITY } from "./face.json";
import { whyRefused } from "./visibility";

const SEEN = Object.fromEntries(VISIBILITY.PARTS.map((part) => [part, 0.01]));
const NOTHING = Object.fromEntries(VISIBILITY.OCCLUDERS.map((name) => [name, 0.01]));

test("a face that is all seen is measured, also behind clear glasses", () => {
  expect(whyRefused({ hidden: SEEN, by: NOTHING })).toBeNull();
  expect(whyRefused({ hidden: SEEN, by: { ...NOTHING, glasses: 0.99 } })).toBeNull();
});

test("a forehead under the person's own hair is no reason, one under a hand is", () => {
  const hidden = { ...SEEN, forehead: 0.999 };
  expect(whyRefused({ hidden, by: { ...NOTHING, hair: 0.9 } })).toBeNull();
  expect(whyRefused({ hidden, by: { ...NOTHING, hand: 0.9 } })).toMatchObject({
    part: "forehead",
    by: "hand",
  });
  expect(whyRefused({ hidden, by: { ...NOTHING, hair: 0.5, hand: 0.3 } })).toMatchObject({ by: "hair" });
});

test("glasses that are there are not said to hide a cheek", () => {
  const hidden = { ...SEEN, left_cheek: 0.99 };
  expect(whyRefused({ hidden, by: { ...NOTHING, glasses: 0.95, hand: 0.6 } })).toMatchObject({ by: "hand" });
});

test("the most surely hidden part is named with what can lie over it", () => {
  const hidden = { ...SEEN, mouth: 0.9999, nose: 0.999 };
  expect(whyRefused({ hidden, by: { ...NOTHING, mask: 0.9, glasses: 0.95 } })).toMatchObject({
    part: "mouth",
    by: "mask",
  });
  expect(whyRefused({ hidden, by: NOTHING })).toMatchObject({ part: "mouth", by: null });
});
