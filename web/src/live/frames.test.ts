import fc from "fast-check";
import { expect, test } from "vitest";
import { FACE_PICTURE, FINGERTIP_PICTURE, sentSize } from "./frames";

test("a picture is never enlarged and keeps its shape", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 80, max: 4000 }),
      fc.integer({ min: 80, max: 4000 }),
      fc.constantFrom(FACE_PICTURE, FINGERTIP_PICTURE),
      (width, height, { longestSide }) => {
        const sent = sentSize(width, height, longestSide);
        expect(Math.max(sent.width, sent.height)).toBe(Math.min(longestSide, Math.max(width, height)));
        expect(Math.abs(sent.width / sent.height - width / height) * sent.height).toBeLessThanOrEqual(
          0.5 + (0.5 * width) / height,
        );
      },
    ),
  );
});

test("a fingertip goes without loss and small, a face large", () => {
  expect(sentSize(640, 480, FINGERTIP_PICTURE.longestSide)).toEqual({ width: 80, height: 60 });
  expect(FINGERTIP_PICTURE.type).toBe("image/png");
  expect(sentSize(1280, 960, FACE_PICTURE.longestSide)).toEqual({ width: 640, height: 480 });
});
