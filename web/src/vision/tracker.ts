import { type Crop, cropOfDetection, cropOfLandmarks } from "./crop";
import { TRACKER } from "./face.json";
import { type Detection, findTurned } from "./finder";
import { boundsOf, centreOf, COUNT, type Landmarks, meanOf, sizeOf, xOf, yOf } from "./landmarks";
import type { Networks } from "./networks";
import { type Area, areaOf, changeOf, patchOf } from "./patch";
import type { Picture } from "./picture";
import { OneEuro } from "./smoothing";

/** The face as it is now. */
export interface Track {
  /** Smoothed in x and y. */
  readonly landmarks: Landmarks;
  /** How sure it is that this is a face, 0..1. */
  readonly sure: number;
  /** Width or height of the face in pixels, whichever is larger. */
  readonly size: number;
  /** Mean of the unsmoothed landmarks. */
  readonly centre: readonly [number, number];
  /** Face widths a second. */
  readonly speed: number;
}

interface Fit {
  readonly landmarks: Landmarks;
  readonly sure: number;
  readonly worth: number;
  readonly prominence: number;
  readonly faces: number;
}

type Placed = Pick<Fit, "landmarks" | "sure">;

/**
 * Follows the largest central face from picture to picture, by the rules of `vitascope.face.tracker`: the finder only
 * when there is no track and about once a second to check it, else the mesh, which rests while the face does.
 */
export class FaceTracker {
  faces = 0;
  private readonly smoother = new OneEuro(TRACKER.STEADY_CUTOFF_HZ, TRACKER.STEADY_BETA_HZ);
  private area: Area = { left: 0, top: 0, right: 0, bottom: 0 };
  private pixels: Float64Array | null = null;
  private crop: Crop | null = null;
  private track: Track | null = null;
  private meshS = Number.NEGATIVE_INFINITY;
  private checkedS = Number.NEGATIVE_INFINITY;
  private searchedS = Number.NEGATIVE_INFINITY;
  private turnedS = Number.NEGATIVE_INFINITY;
  private missed = 0;
  private quarterTurns = 0;

  constructor(private readonly networks: Networks) {}

  /** Where the face is in this picture, or null when there is none. */
  async follow(picture: Picture, timeS: number): Promise<Track | null> {
    if (this.track && timeS - this.meshS < this.restS(picture, this.track.speed)) return this.track;
    if (!this.crop) return this.acquire(picture, timeS);
    let placed: Placed | null = await this.networks.placeMesh(picture, this.crop);
    if (placed.sure < TRACKER.MIN_SURE || !inside(placed.landmarks, picture)) {
      this.lose();
      return this.acquire(picture, timeS);
    }
    if (timeS - this.checkedS >= TRACKER.CHECK_EVERY_S) {
      placed = await this.check(picture, timeS, placed);
      if (!placed) {
        this.lose();
        return null;
      }
    }
    return this.keep(picture, placed, timeS);
  }

  /** How long after it was placed the mesh is still good for this picture, in seconds. */
  private restS(picture: Picture, speed: number): number {
    const change = changeOf(patchOf(picture, this.area, TRACKER.PATCH), this.pixels);
    if (change < TRACKER.UNMOVED_LEVELS) return TRACKER.UNMOVED_REST_S;
    if (change >= TRACKER.GONE_LEVELS) return 0;
    return Math.min(TRACKER.MOVING_REST_S, TRACKER.REST_WIDTHS / Math.max(speed, 1e-6));
  }

  private lose(): void {
    this.crop = this.track = null;
    this.missed = this.faces = 0;
    this.smoother.reset();
  }

  private keep(picture: Picture, { landmarks, sure }: Placed, timeS: number): Track {
    const size = sizeOf(landmarks);
    const centre = centreOf(landmarks);
    let speed = 0;
    if (this.track) {
      const dt = timeS - this.meshS;
      const [x, y] = this.track.centre;
      const moved = Math.hypot(centre[0] - x, centre[1] - y) / (dt * size);
      speed = this.track.speed + (1 - Math.exp(-dt / TRACKER.SPEED_OVER_S)) * (moved - this.track.speed);
    }
    this.crop = cropOfLandmarks(landmarks);
    this.quarterTurns = ((Math.round(this.crop.angle / (Math.PI / 2)) % 4) + 4) % 4;
    this.meshS = timeS;
    this.area = areaOf(boundsOf(landmarks));
    this.pixels = patchOf(picture, this.area, TRACKER.PATCH);
    this.track = { landmarks: this.smooth(landmarks, timeS, size), sure, size, centre, speed };
    return this.track;
  }

  private smooth(landmarks: Landmarks, timeS: number, size: number): Landmarks {
    const smooth = this.smoother.step(landmarks, timeS, size);
    for (let i = 2; i < smooth.length; i += 3) smooth[i] = landmarks[i] ?? 0;
    return smooth;
  }

  private async acquire(picture: Picture, timeS: number): Promise<Track | null> {
    const justLost = timeS - this.meshS < TRACKER.JUST_LOST_S;
    if (!justLost && timeS - this.searchedS < TRACKER.SEARCH_EVERY_S) return null;
    this.searchedS = timeS;
    const turned = timeS - this.turnedS >= TRACKER.TURNED_EVERY_S;
    if (turned) this.turnedS = timeS;
    const fit = await this.search(picture, turned);
    if (!fit) return null;
    this.checkedS = timeS;
    return this.keep(picture, fit, timeS);
  }

  /** The most prominent of the good faces in the orientation of the last one, or of the best fits over all. */
  private async search(picture: Picture, turned: boolean): Promise<Fit | null> {
    const fits: Fit[] = [];
    for (const turns of new Set([this.quarterTurns, 0, ...(turned ? [1, 3, 2] : [])])) {
      const faces = await findTurned(this.networks, picture, turns);
      for (const face of faces.slice(0, 4)) {
        const fit = await fitOf(this.networks, picture, face, countOf(faces));
        if (fit) fits.push(fit);
      }
      if (fits.some(({ worth }) => worth >= TRACKER.GOOD)) break;
    }
    const best = Math.max(...fits.map(({ worth }) => worth));
    const chosen = fits
      .filter(({ worth }) => worth >= best - TRACKER.AS_GOOD)
      .reduce<Fit | null>((a, b) => (a && a.prominence >= b.prominence ? a : b), null);
    if (chosen) this.faces = chosen.faces;
    return chosen;
  }

  /** Asks the finder whether the tracked face is still one: that face, a better one, or null. */
  private async check(picture: Picture, timeS: number, placed: Placed): Promise<Placed | null> {
    this.checkedS = timeS;
    const faces = await findTurned(this.networks, picture, this.quarterTurns);
    const mismatches = faces.map((face) => mismatchOf(face, placed.landmarks));
    const mismatch = Math.min(...mismatches);
    if (mismatch < TRACKER.DRIFTED_MISMATCH) {
      this.missed = 0;
      this.faces = countOf(faces);
      return placed;
    }
    const own = faces[mismatches.indexOf(mismatch)];
    const worth = own && mismatch <= TRACKER.MAX_MISMATCH ? worthOf(own.score, placed.sure, mismatch) : 0;
    const found = await this.search(picture, true);
    if (found && found.worth > worth + TRACKER.BETTER) {
      this.missed = 0;
      this.smoother.reset();
      return found;
    }
    this.missed = worth > 0 ? 0 : this.missed + 1;
    return this.missed >= TRACKER.MAX_MISSED_CHECKS ? null : placed;
  }
}

/** Places the mesh on a detection, twice, and judges whether both agree that it is a face. */
async function fitOf(
  networks: Networks,
  picture: Picture,
  face: Detection,
  faces: number,
): Promise<Fit | null> {
  const first = await networks.placeMesh(picture, cropOfDetection(face));
  const { landmarks, sure } = await networks.placeMesh(picture, cropOfLandmarks(first.landmarks));
  const mismatch = mismatchOf(face, landmarks);
  if (sure < TRACKER.MIN_SURE || mismatch > TRACKER.MAX_MISMATCH || !inside(landmarks, picture)) return null;
  const [x, y, w, h] = face.box;
  const offCentre = Math.hypot((x + w / 2) / picture.width - 0.5, (y + h / 2) / picture.height - 0.5);
  const prominence = w * h * Math.exp(-TRACKER.CENTRAL * offCentre ** 2);
  return { landmarks, sure, worth: worthOf(face.score, sure, mismatch), prominence, faces };
}

/** How far the finder's eyes, nose tip and mouth lie from the mesh's, in face sizes. */
export function mismatchOf({ box, points }: Detection, landmarks: Landmarks): number {
  const parts = [TRACKER.EYE_RIGHT, TRACKER.EYE_LEFT, TRACKER.NOSE, TRACKER.MOUTH];
  const far = parts.map((indices, i) => {
    const [x, y] = meanOf(landmarks, indices);
    const [u, v] = points[i] ?? [Number.NaN, Number.NaN];
    return (Math.abs(x - u) + Math.abs(y - v)) / 2;
  });
  return far.reduce((sum, distance) => sum + distance, 0) / far.length / Math.max(box[2], box[3]);
}

function worthOf(score: number, sure: number, mismatch: number): number {
  return score * sure - TRACKER.MISMATCH_COST * mismatch;
}

function countOf(faces: readonly Detection[]): number {
  return Math.max(1, faces.filter(({ score }) => score >= TRACKER.OTHER_FACE_SCORE).length);
}

/** Whether more than half of the face is in the picture and it is large enough to be one. */
function inside(landmarks: Landmarks, { width, height }: Picture): boolean {
  let seen = 0;
  for (let i = 0; i < COUNT; i++) {
    const [x, y] = [xOf(landmarks, i), yOf(landmarks, i)];
    if (x >= 0 && y >= 0 && x < width && y < height) seen++;
  }
  const { left, right } = boundsOf(landmarks);
  return seen / COUNT > TRACKER.MIN_INSIDE && right - left >= TRACKER.MIN_WIDTH;
}
