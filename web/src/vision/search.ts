import type { Detection } from "./detection";
import { SEARCH } from "./face.json";
import { findTurned, mismatchOf } from "./finder";
import { boundsOf, COUNT, type Landmarks, xOf, yOf } from "./landmarks";
import type { Networks } from "./networks";
import type { Picture } from "./picture";

/** A face with the mesh on it; `worth`: how well finder and mesh agree. */
export interface Found {
  readonly landmarks: Landmarks;
  readonly sure: number;
  readonly worth: number;
  readonly prominence: number;
  readonly faces: number;
}

/** What the finder says of a face that is followed: its worth (0: not seen), and whether the mesh is where it is. */
interface Recognised {
  readonly worth: number;
  readonly isSettled: boolean;
  readonly faces: number;
}

/** Looks for the largest central face, by the rules of `vitascope.face.search`. */
export class FaceSearch {
  /** The orientation of the last face: counter-clockwise turns that make it upright; looked at first. */
  quarterTurns = 0;

  constructor(private readonly networks: Networks) {}

  /**
   * The most prominent of the good faces in the orientation of the last one, or of the best fits over all. `isThorough`:
   * every quarter turn is looked at too and, where none shows a good one, the upright picture closely. Otherwise only a
   * good fit can change the orientation.
   */
  async best(picture: Picture, isThorough: boolean): Promise<Found | null> {
    const fits: Found[] = [];
    const quick = [...new Set([this.quarterTurns, 0, ...(isThorough ? [1, 3, 2] : [])])];
    const looks = quick.map((turns) => ({ turns, zoom: 0 }));
    for (const { turns, zoom } of isThorough ? [...looks, { turns: 0, zoom: SEARCH.ZOOM }] : looks) {
      const faces = await findTurned(this.networks, picture, turns, zoom);
      const enough = isThorough || turns === this.quarterTurns ? -Infinity : SEARCH.GOOD;
      for (const face of faces.slice(0, 4)) {
        const fit = fitOf(picture, face, countOf(faces));
        if (fit && fit.worth >= enough) fits.push(fit);
      }
      if (fits.some(({ worth }) => worth >= SEARCH.GOOD)) break;
    }
    const best = Math.max(...fits.map(({ worth }) => worth));
    return fits
      .filter(({ worth }) => worth >= best - SEARCH.AS_GOOD)
      .reduce<Found | null>((a, b) => (a && a.prominence >= b.prominence ? a : b), null);
  }

  /** Whether the finder still sees the face on which the mesh lies. */
  async recognise(picture: Picture, landmarks: Landmarks, sure: number): Promise<Recognised> {
    const found = await findTurned(this.networks, picture, this.quarterTurns, 0);
    const mismatches = found.map((face) => mismatchOf(face, landmarks));
    const mismatch = Math.min(...mismatches);
    const own = found[mismatches.indexOf(mismatch)];
    return {
      worth: own && mismatch <= SEARCH.MAX_MISMATCH ? worthOf(own.score, sure, mismatch) : 0,
      isSettled: mismatch < SEARCH.DRIFTED_MISMATCH,
      faces: countOf(found),
    };
  }
}

/** A detection judged on whether finder and mesh agree that it is a face. */
function fitOf(picture: Picture, face: Detection, faces: number): Found | null {
  const { landmarks, sure } = face;
  const mismatch = mismatchOf(face, landmarks);
  if (sure < SEARCH.MIN_SURE || mismatch > SEARCH.MAX_MISMATCH || !isInside(landmarks, picture)) return null;
  const [x, y, w, h] = face.box;
  const offCentre = Math.hypot((x + w / 2) / picture.width - 0.5, (y + h / 2) / picture.height - 0.5);
  const prominence = w * h * Math.exp(-SEARCH.CENTRAL * offCentre ** 2);
  return { landmarks, sure, worth: worthOf(face.score, sure, mismatch), prominence, faces };
}

function worthOf(score: number, sure: number, mismatch: number): number {
  return score * sure - SEARCH.MISMATCH_COST * mismatch;
}

function countOf(faces: readonly Detection[]): number {
  return Math.max(1, faces.filter(({ score }) => score >= SEARCH.OTHER_FACE_SCORE).length);
}

/** Whether more than half of the face is in the picture and it is large enough to be one. */
export function isInside(landmarks: Landmarks, { width, height }: Picture): boolean {
  let seen = 0;
  for (let i = 0; i < COUNT; i++) {
    const [x, y] = [xOf(landmarks, i), yOf(landmarks, i)];
    if (x >= 0 && y >= 0 && x < width && y < height) seen++;
  }
  const { left, right } = boundsOf(landmarks);
  return seen / COUNT > SEARCH.MIN_INSIDE && right - left >= SEARCH.MIN_WIDTH;
}
