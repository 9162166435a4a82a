import type { Networks } from "./networks";
import { at } from "./numbers";
import { type Picture, turned } from "./picture";
import { FINDER } from "./face.json";

export type Place = readonly [number, number];

/** One face: box (x, y, width, height) and six points in pixels, the score 0..1. */
export interface Detection {
  readonly box: readonly [number, number, number, number];
  /** Right eye, left eye (the person's), nose tip, mouth, right ear, left ear. */
  readonly points: readonly [Place, Place, Place, Place, Place, Place];
  readonly score: number;
}

const COLUMNS = 17;

/** Faces in the picture, surest first: of the first network that finds any. */
export async function findFaces(networks: Networks, picture: Picture): Promise<Detection[]> {
  for (const { name, min_score } of FINDER.NETWORKS) {
    const faces = readFaces(await networks.findFaces(name, picture), min_score);
    if (faces.length > 0) return faces;
  }
  return [];
}

/** Faces seen after the picture was turned counter-clockwise, in pixels of the unturned picture. */
export async function findTurned(
  networks: Networks,
  picture: Picture,
  quarterTurns: number,
): Promise<Detection[]> {
  if (quarterTurns % 4 === 0) return findFaces(networks, picture);
  const faces = await findFaces(networks, turned(picture, quarterTurns));
  return faces.map((face) => turnBack(face, quarterTurns, picture.width, picture.height));
}

/** The rows of a finder's output (score, box, six points) that it is sure enough of. */
export function readFaces(rows: Float32Array, minScore: number): Detection[] {
  const faces: Detection[] = [];
  for (let row = 0; row + COLUMNS <= rows.length; row += COLUMNS) {
    const value = (column: number) => at(rows, row + column);
    const point = (index: number): Place => [value(5 + 2 * index), value(6 + 2 * index)];
    if (value(0) < minScore) continue;
    faces.push({
      score: value(0),
      box: [value(1), value(2), value(3), value(4)],
      points: [point(0), point(1), point(2), point(3), point(4), point(5)],
    });
  }
  return faces;
}

/** A detection in a picture that was turned counter-clockwise, in the picture (of that size) before the turns. */
export function turnBack(face: Detection, quarterTurns: number, width: number, height: number): Detection {
  const back = (place: Place): Place => {
    let [x, y] = place;
    for (let turns = quarterTurns; turns > 0; turns--) {
      // The width of the picture that this turn was applied to.
      [x, y] = [(turns % 2 === 1 ? width : height) - y, x];
    }
    return [x, y];
  };
  const [x, y, w, h] = face.box;
  const [first, second] = [back([x, y]), back([x + w, y + h])];
  const [left, top] = [Math.min(first[0], second[0]), Math.min(first[1], second[1])];
  const [a, b, c, d, e, f] = face.points;
  return {
    score: face.score,
    box: [left, top, Math.abs(second[0] - first[0]), Math.abs(second[1] - first[1])],
    points: [back(a), back(b), back(c), back(d), back(e), back(f)],
  };
}
