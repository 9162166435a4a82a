import { expect, test } from "vitest";
import { nailsOf } from "./nail";
import { NAILS } from "./nails.json";

const SIZE = { width: 640, height: 480 };

test("only rows that the detector is sure of are nails, in their order", () => {
  const boxes = Float32Array.of(0.2, 0.2, 0.3, 0.3, 0.5, 0.5, 0.6, 0.6);
  expect(nailsOf(boxes, Float32Array.of(0.99, NAILS.THRESHOLD - 0.01), SIZE)).toEqual([
    { box: [...boxes.subarray(0, 4)], usable: true },
  ]);
});

test.each([
  ["at the edge", [0.001, 0.3, 0.1, 0.4]],
  ["too small", [0.3, 0.3, 0.31, 0.4]],
  ["seen from the side", [0.2, 0.2, 0.6, 0.3]],
])("a nail %s is shown and cannot be read", (_, box) => {
  const [nail] = nailsOf(Float32Array.from(box), Float32Array.of(0.99), SIZE);
  expect(nail?.usable).toBe(false);
});
