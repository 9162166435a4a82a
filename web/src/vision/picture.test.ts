// @vitest-environment node
import { expect, test } from "vitest";
import { paint } from "./made";
import { framed, type Picture, thinned, turned } from "./picture";

const reds = ({ data }: Picture) => Array.from(data).filter((_, i) => i % 4 === 0);

test("a picture is turned counter-clockwise", () => {
  // 1 2 3
  // 4 5 6
  const picture = paint(3, 2, (x, y) => [1 + x + 3 * y, 0, 0]);
  expect(reds(turned(picture, 0))).toEqual([1, 2, 3, 4, 5, 6]);
  expect(turned(picture, 1)).toMatchObject({ width: 2, height: 3 });
  expect(reds(turned(picture, 1))).toEqual([3, 6, 2, 5, 1, 4]);
  expect(turned(picture, 2)).toMatchObject({ width: 3, height: 2 });
  expect(reds(turned(picture, 2))).toEqual([6, 5, 4, 3, 2, 1]);
  expect(reds(turned(picture, 3))).toEqual([4, 1, 5, 2, 6, 3]);
  expect(reds(turned(turned(picture, 1), -1))).toEqual([1, 2, 3, 4, 5, 6]);
});

test("a picture is put into a margin of one grey", () => {
  const wider = framed(
    paint(2, 1, (x) => [7 + x, 0, 0]),
    1,
    128,
  );
  expect(wider).toMatchObject({ width: 4, height: 3 });
  expect(reds(wider)).toEqual([128, 128, 128, 128, 128, 7, 8, 128, 128, 128, 128, 128]);
});

test("a picture is thinned out", () => {
  const coarse = thinned(
    paint(3, 3, (x, y) => [1 + x + 3 * y, 0, 0]),
    2,
  );
  expect(coarse).toMatchObject({ width: 2, height: 2 });
  expect(reds(coarse)).toEqual([1, 3, 7, 9]);
});
