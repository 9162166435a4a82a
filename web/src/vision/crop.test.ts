// @vitest-environment node
import { expect, test } from "vitest";
import { cropOfDetection, cropOfLandmarks } from "./crop";
import { MESH } from "./face.json";
import { readFaces } from "./finder";
import { COUNT, type Landmarks, xOf, yOf } from "./landmarks";
import { faceAt, rowOf } from "./made";

function rolled(landmarks: Landmarks, angle: number, x: number, y: number): Landmarks {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const turned = landmarks.slice();
  for (let i = 0; i < COUNT; i++) {
    const [dx, dy] = [xOf(landmarks, i) - x, yOf(landmarks, i) - y];
    turned.set([x + cos * dx - sin * dy, y + sin * dx + cos * dy], 3 * i);
  }
  return turned;
}

test("the finder and the mesh give the same crop of an upright face", () => {
  const [face] = readFaces(Float32Array.from(rowOf(300, 200, 120)), 0.5);
  expect(face && cropOfDetection(face)).toMatchObject({ x: 300, y: 200, side: MESH.MARGIN * 120 });
  const crop = cropOfLandmarks(faceAt(300, 200, 120));
  expect(crop.x).toBeCloseTo(300, 6);
  expect(crop.y).toBeCloseTo(200, 6);
  expect(crop.side).toBeCloseTo(MESH.MARGIN * 120, 6);
  expect(crop.angle).toBeCloseTo(0, 12);
});

test.each([0.5, -1.2, 3])("the crop turns with the head by %f", (angle) => {
  const crop = cropOfLandmarks(rolled(faceAt(300, 200, 120), angle, 310, 240));
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  expect(crop.angle).toBeCloseTo(angle, 9);
  expect(crop.side).toBeCloseTo(MESH.MARGIN * 120, 6);
  expect(crop.x).toBeCloseTo(310 + cos * -10 - sin * -40, 6);
  expect(crop.y).toBeCloseTo(240 + sin * -10 + cos * -40, 6);
});
