// @vitest-environment node
import { expect, test } from "vitest";
import { TRACKER } from "./face.json";
import { centreOf } from "./landmarks";
import { faceAt, paint, rowOf } from "./made";
import type { Networks } from "./networks";
import type { Picture } from "./picture";
import { FaceTracker } from "./tracker";

const SIZE = 60;

/** A scene with one face, drawn as a bright square, and networks that see exactly that. */
class Scene implements Networks {
  calls = { finder: 0, mesh: 0 };
  face: { x: number; y: number } | null = null;

  get picture(): Picture {
    const { face } = this;
    if (!face) return paint(320, 240, (x, y) => [0, 40 + 8 * ((x >> 4) % 5) + 9 * ((y >> 4) % 3), 0]);
    return paint(320, 240, (x, y) => {
      const level = Math.abs(x - face.x) < SIZE / 3 && Math.abs(y - face.y) < SIZE / 3 ? 200 : 40;
      return [level, level, level];
    });
  }

  findFaces(_name: string, { width, height }: Picture): Promise<Float32Array> {
    this.calls.finder++;
    const seen = this.face && width === 320 && height === 240;
    return Promise.resolve(Float32Array.from(seen && this.face ? rowOf(this.face.x, this.face.y, SIZE) : []));
  }

  placeMesh(): Promise<{ landmarks: Float64Array; sure: number }> {
    this.calls.mesh++;
    const { x, y } = this.face ?? { x: 0, y: 0 };
    return Promise.resolve({ landmarks: faceAt(x, y, SIZE), sure: this.face ? 0.99 : 0.01 });
  }

  believe(): Promise<number> {
    return Promise.resolve(this.face ? 0.99 : 0.01);
  }

  lookAt(): Promise<never> {
    throw new Error("the tracker does not look at what is hidden");
  }
}

test("a face is found, followed, and rests while it does not move", async () => {
  const scene = new Scene();
  const tracker = new FaceTracker(scene);
  expect(await tracker.follow(scene.picture, 0)).toBeNull();
  scene.face = { x: 150, y: 120 };
  const first = await tracker.follow(scene.picture, 0.2);
  expect(first?.size).toBeCloseTo(SIZE, 6);
  expect(tracker.faces).toBe(1);
  const { finder, mesh } = scene.calls;
  for (let t = 0.25; t < 0.2 + TRACKER.EXPLAINED_REST_S; t += 0.1) {
    expect(await tracker.follow(scene.picture, t)).toBe(first);
  }
  expect(scene.calls).toEqual({ finder, mesh });
  // After the rest the mesh is placed anew, and the finder checks it, confirmed by the mesh.
  await tracker.follow(scene.picture, 0.3 + TRACKER.EXPLAINED_REST_S);
  expect(scene.calls).toEqual({ finder: finder + 1, mesh: mesh + 3 });
});

test("a face that moves is followed by its picture, with the mesh now and then, and its speed is known", async () => {
  const scene = new Scene();
  const tracker = new FaceTracker(scene);
  scene.face = { x: 100, y: 120 };
  await tracker.follow(scene.picture, 0);
  expect(tracker.event).toBe("entered");
  const { finder, mesh } = scene.calls;
  for (let i = 1; i <= 20; i++) {
    scene.face = { x: 100 + 2 * i, y: 120 };
    const track = await tracker.follow(scene.picture, i / 30);
    const [x = 0] = track?.centre ?? [];
    expect(Math.abs(x - scene.face.x)).toBeLessThan(1.5);
    expect(tracker.event).toBeNull();
    if (i === 20) expect(track?.speed).toBeCloseTo((2 * 30) / SIZE, 0);
  }
  expect(scene.calls.finder).toBe(finder);
  expect(scene.calls.mesh - mesh).toBeLessThan(15);
});

test("a face that leaves is lost soon and looked for again", async () => {
  const scene = new Scene();
  const tracker = new FaceTracker(scene);
  scene.face = { x: 150, y: 120 };
  await tracker.follow(scene.picture, 0);
  scene.face = null;
  expect(await tracker.follow(scene.picture, TRACKER.CHANGING_REST_S + 0.05)).toBeNull();
  expect(tracker.faces).toBe(0);
  expect(tracker.event).toBeNull();
  // One that stays away is not looked for in every picture.
  await tracker.follow(scene.picture, 2);
  expect(tracker.event).toBe("left");
  const { finder } = scene.calls;
  await tracker.follow(scene.picture, 2 + TRACKER.SEARCH_EVERY_S / 2);
  expect(scene.calls.finder).toBe(finder);
  scene.face = { x: 80, y: 100 };
  const found = await tracker.follow(scene.picture, 2.5);
  expect(found && centreOf(found.landmarks)[0]).toBeCloseTo(centreOf(faceAt(80, 100, SIZE))[0], 6);
});

test("a face that the finder no longer finds is given up after three checks", async () => {
  const scene = new Scene();
  const tracker = new FaceTracker(scene);
  scene.face = { x: 150, y: 120 };
  await tracker.follow(scene.picture, 0);
  scene.findFaces = () => Promise.resolve(new Float32Array());
  const seen = [];
  for (let i = 1; i <= TRACKER.MAX_MISSED_CHECKS; i++)
    seen.push(await tracker.follow(scene.picture, 1.1 * i));
  expect(seen.map((track) => track !== null)).toEqual([true, true, false]);
});
