import { type Crop, cropOfDetection, cropOfLandmarks } from "./crop";
import type { Candidate, Detection, Place } from "./detection";
import { FINDER, VERIFIER } from "./face.json";
import { boundsOf, type Landmarks, meanOf } from "./landmarks";
import type { Networks } from "./networks";
import { at } from "./numbers";
import { cropped, framed, type Picture, thinned, turned } from "./picture";

const COLUMNS = 17;
const [SHORT_RANGE, FULL_RANGE] = [FINDER.SHORT_RANGE, FINDER.FULL_RANGE];

/** What is asked of candidates that the mesh takes for none, and whether the mesh alone can be trusted. */
interface Look {
  vouching: number;
  covered: number;
  isMeshHeard: boolean;
}

const IN_PICTURE: Look = {
  vouching: VERIFIER.MIN_BELIEF,
  covered: FINDER.MAX_MISMATCH_COVERED,
  isMeshHeard: true,
};
const IN_MARGIN: Look = { ...IN_PICTURE, vouching: VERIFIER.MIN_BELIEF_LARGE };
// So many looks at small things would take some of them for faces.
const IN_WINDOW: Look = {
  vouching: VERIFIER.MIN_BELIEF_SMALL,
  covered: FINDER.MAX_MISMATCH,
  isMeshHeard: false,
};

/**
 * Faces in the picture, surest first, by the rules of `vitascope.face.finder`: the short-range network; where that sees
 * no clear face the full-range one; then, with `zoom`, the picture with a margin and windows of it, down to the longer
 * side divided by `zoom`. The mesh confirms each, or, from the belief `vouching` on, the verifier.
 */
export async function findFaces(
  networks: Networks,
  picture: Picture,
  zoom: number,
  vouching: number = VERIFIER.MIN_BELIEF,
): Promise<Detection[]> {
  const look = async (network: typeof SHORT_RANGE) =>
    confirmed(networks, picture, await detected(networks, network, picture), { ...IN_PICTURE, vouching });
  const short = await look(SHORT_RANGE);
  if (short.some(({ score }) => score >= FINDER.CLEAR_SCORE)) return short;
  let faces = withoutCovered([...short, ...(await look(FULL_RANGE))]);
  if (isSettled(faces) || zoom === 0) return faces;
  const large = await confirmed(networks, picture, await seenWithMargin(networks, picture), IN_MARGIN);
  faces = withoutCovered([...faces, ...large]);
  for (let share = 2; share <= zoom; share++) {
    for (const network of [SHORT_RANGE, FULL_RANGE]) {
      if (isSettled(faces)) return faces;
      faces = withoutCovered([...faces, ...(await seenInWindows(networks, picture, share, network))]);
    }
  }
  return faces;
}

async function seenInWindows(
  networks: Networks,
  picture: Picture,
  share: number,
  network: typeof SHORT_RANGE,
): Promise<Detection[]> {
  const found: Detection[] = [];
  for (const { x, y, side } of windowsOf(picture, share)) {
    const seen = await detected(networks, network, cropped(picture, x, y, side));
    const moved = seen.map((face) => shifted(face, x, y));
    found.push(...(await confirmed(networks, picture, moved, IN_WINDOW)));
  }
  return found;
}

/** Whether the mesh, not the verifier alone, sees one of them where the finder does. */
function isSettled(faces: readonly Detection[]): boolean {
  return faces.some(
    (face) => face.sure > VERIFIER.VOUCHED && mismatchOf(face, face.landmarks) <= FINDER.CLEAR_MISMATCH,
  );
}

/** What is seen when the picture has a grey margin: a face that fills all of it is too large without one. */
async function seenWithMargin(networks: Networks, picture: Picture): Promise<Candidate[]> {
  const step = Math.max(1, Math.floor(Math.max(picture.width, picture.height) / FINDER.LARGE_ENOUGH));
  const coarse = thinned(picture, step);
  const longer = Math.max(coarse.width, coarse.height);
  const margin = Math.round(FINDER.MARGIN * longer);
  const seen = await detected(networks, SHORT_RANGE, framed(coarse, margin, FINDER.MARGIN_GREY));
  const large = seen.filter(({ box }) => Math.max(box[2], box[3]) >= FINDER.LARGE * longer);
  return large.map((face) => shifted(face, -margin, -margin, step));
}

/** Faces seen after the picture was turned counter-clockwise, in pixels of the unturned picture. */
export async function findTurned(
  networks: Networks,
  picture: Picture,
  quarterTurns: number,
  zoom: number,
): Promise<Detection[]> {
  if (quarterTurns % 4 === 0) return findFaces(networks, picture, zoom);
  const faces = await findFaces(networks, turned(picture, quarterTurns), zoom, VERIFIER.MIN_BELIEF_SMALL);
  return faces.map((face) => turnBack(face, quarterTurns, picture.width, picture.height));
}

/** How far the finder's eyes, nose and mouth lie from those of the mesh, in face sizes. */
export function mismatchOf({ box, points }: Candidate, landmarks: Landmarks): number {
  const parts = [FINDER.EYE_RIGHT, FINDER.EYE_LEFT, FINDER.NOSE, FINDER.MOUTH];
  const far = parts.map((indices, i) => {
    const [x, y] = meanOf(landmarks, indices);
    const [u, v] = points[i] ?? [Number.NaN, Number.NaN];
    return (Math.abs(x - u) + Math.abs(y - v)) / 2;
  });
  return far.reduce((sum, distance) => sum + distance, 0) / far.length / Math.max(box[2], box[3]);
}

async function detected(
  networks: Networks,
  { name, min_score }: typeof SHORT_RANGE,
  picture: Picture,
): Promise<Candidate[]> {
  return readFaces(await networks.findFaces(name, picture), min_score);
}

/** Those of the surest candidates that are faces on a closer look, with the mesh's landmarks and their box. */
async function confirmed(
  networks: Networks,
  picture: Picture,
  candidates: readonly Candidate[],
  { vouching, covered, isMeshHeard }: Look,
): Promise<Detection[]> {
  const faces: Detection[] = [];
  const place = (crop: Crop) => networks.placeMesh(picture, crop);
  for (const candidate of candidates.slice(0, FINDER.MAX_CANDIDATES)) {
    const clear = faces[0] && faces[0].score >= FINDER.CLEAR_SCORE;
    if (clear && candidate.score < FINDER.CLEAR_SCORE) break;
    const square = cropOfDetection(candidate);
    const closer = cropOfLandmarks((await place(square)).landmarks);
    const { landmarks, sure: meshSure } = await place(closer);
    const apart = mismatchOf(candidate, landmarks);
    const agrees = meshSure >= FINDER.MIN_SURE && apart <= FINDER.MAX_MISMATCH;
    if (!(isMeshHeard && agrees && meshSure >= FINDER.CLEAR_SURE)) {
      if (apart > covered) continue;
      const likely = await networks.believe(picture, square, closer);
      if (likely < (agrees ? VERIFIER.MIN_DOUBTED : vouching)) continue;
    }
    const sure = agrees ? meshSure : VERIFIER.VOUCHED;
    const { left, top, right, bottom } = boundsOf(landmarks);
    faces.push({ ...candidate, box: [left, top, right - left, bottom - top], landmarks, sure });
  }
  return withoutCovered(faces);
}

/** The rows of a finder's output (score, box, six points) that it is sure enough of. */
export function readFaces(rows: Float32Array, minScore: number): Candidate[] {
  const faces: Candidate[] = [];
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

/** The faces without those that one covers on which finder and mesh agree better, surest first. */
export function withoutCovered(faces: readonly Detection[]): Detection[] {
  const apart = new Map(faces.map((face) => [face, mismatchOf(face, face.landmarks)]));
  const kept: Detection[] = [];
  for (const face of [...faces].sort((a, b) => (apart.get(a) ?? 0) - (apart.get(b) ?? 0))) {
    if (kept.every((other) => overlapOf(face.box, other.box) <= FINDER.SAME_FACE_IOU)) kept.push(face);
  }
  return kept.sort((a, b) => b.score - a.score);
}

/** What two boxes share, as a share of what they cover together. */
function overlapOf([x, y, w, h]: Detection["box"], [u, v, k, m]: Detection["box"]): number {
  const across = Math.min(x + w, u + k) - Math.max(x, u);
  const down = Math.min(y + h, v + m) - Math.max(y, v);
  const shared = Math.max(across, 0) * Math.max(down, 0);
  return shared / Math.max(w * h + k * m - shared, 1e-12);
}

/** Squares of the longer side divided by `share` that overlap by half. */
export function windowsOf(
  { width, height }: Pick<Picture, "width" | "height">,
  share: number,
): { x: number; y: number; side: number }[] {
  const side = Math.ceil(Math.max(width, height) / share);
  if (side < FINDER.SMALLEST_ZOOM) return [];
  const starts = (length: number) => {
    const steps = Math.ceil((2 * Math.max(length - side, 0)) / side);
    if (steps === 0) return [0];
    return Array.from({ length: steps + 1 }, (_, step) => Math.round((step * (length - side)) / steps));
  };
  return starts(height).flatMap((y) => starts(width).map((x) => ({ x, y, side })));
}

function shifted(face: Candidate, x: number, y: number, scale = 1): Candidate {
  const [left, top, w, h] = face.box;
  return {
    ...face,
    box: [scale * (left + x), scale * (top + y), scale * w, scale * h],
    points: mapped(face.points, ([u, v]) => [scale * (u + x), scale * (v + y)]),
  };
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
  const box = [left, top, Math.abs(second[0] - first[0]), Math.abs(second[1] - first[1])] as const;
  const landmarks = face.landmarks.slice();
  for (let i = 0; i < landmarks.length; i += 3)
    landmarks.set(back([at(landmarks, i), at(landmarks, i + 1)]), i);
  return { ...face, box, points: mapped(face.points, back), landmarks };
}

/** The points taken elsewhere. */
function mapped([a, b, c, d, e, f]: Candidate["points"], take: (place: Place) => Place): Candidate["points"] {
  return [take(a), take(b), take(c), take(d), take(e), take(f)];
}
