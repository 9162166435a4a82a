// @vitest-environment node
import fc from "fast-check";
import { expect, test } from "vitest";
import { readFaces, turnBack, windowsOf, withoutCovered } from "./finder";
import { faceAt, paint, rowOf } from "./made";
import { turned } from "./picture";

test("rows become faces, and those that are not sure enough are left out", () => {
  const rows = Float32Array.from([...rowOf(100, 80, 40, 0.75), ...rowOf(50, 60, 20, 0.25)]);
  expect(readFaces(rows, 0.5)).toEqual([expect.objectContaining({ score: 0.75, box: [80, 60, 40, 40] })]);
  expect(readFaces(rows, 0.5)[0]?.points[2]).toEqual([100, 80]);
  expect(readFaces(new Float32Array(), 0.5)).toEqual([]);
});

test("what is found in a turned picture is taken back to where it was", () => {
  const size = fc.integer({ min: 1, max: 9 });
  fc.assert(
    fc.property(size, size, fc.nat(), fc.integer({ min: 0, max: 3 }), (width, height, seed, turns) => {
      const [x, y] = [seed % width, Math.floor(seed / width) % height];
      const marked = turned(
        paint(width, height, (u, v) => [u === x && v === y ? 255 : 0, 0, 0]),
        turns,
      );
      const pixel = marked.data.findIndex((value, i) => i % 4 === 0 && value === 255) / 4;
      // The pixel's box, whose corners are at pixel edges, as a finder would give it.
      const [u, v] = [pixel % marked.width, Math.floor(pixel / marked.width)];
      const middle = [u + 0.5, v + 0.5] as const;
      const points = [middle, middle, middle, middle, middle, middle] as const;
      const landmarks = Float64Array.of(...middle, 7);
      const found = { score: 1, box: [u, v, 1, 1], points, landmarks, sure: 1 } as const;
      const face = turnBack(found, turns, width, height);
      expect(face.box).toEqual([x, y, 1, 1]);
      expect(face.points[5]).toEqual([x + 0.5, y + 0.5]);
      expect(Array.from(face.landmarks)).toEqual([x + 0.5, y + 0.5, 7]);
    }),
  );
});

test("of faces that cover each other the one is kept on which finder and mesh agree best", () => {
  const rows = [rowOf(100, 100, 40, 0.9), rowOf(105, 100, 40, 0.6), rowOf(200, 100, 40, 0.7)].flat();
  const meshes = [faceAt(110, 104, 40), faceAt(106, 100, 40), faceAt(200, 100, 40)];
  const faces = readFaces(Float32Array.from(rows), 0.2);
  const seen = faces.map((face, i) => ({ ...face, landmarks: meshes[i] ?? new Float64Array(), sure: 1 }));
  expect(withoutCovered(seen).map(({ score }) => score.toFixed(1))).toEqual(["0.7", "0.6"]);
});

test("windows are a part of the longer side and overlap by half", () => {
  expect(windowsOf({ width: 640, height: 480 }, 2)).toEqual(
    [0, 160].flatMap((y) => [0, 160, 320].map((x) => ({ x, y, side: 320 }))),
  );
  expect(windowsOf({ width: 640, height: 320 }, 2)).toHaveLength(3);
  expect(windowsOf({ width: 640, height: 480 }, 3)).toHaveLength(20);
  expect(windowsOf({ width: 300, height: 200 }, 2)).toEqual([]);
});
