import { type Appearance, appearanceOf, likeness } from "./appearance";
import { type Crop, cropOfLandmarks } from "./crop";
import type { Detection } from "./detection";
import { TRACKER } from "./face.json";
import { findTurned, mismatchOf } from "./finder";
import { boundsOf, centreOf, COUNT, type Landmarks, sizeOf, xOf, yOf } from "./landmarks";
import { apart, isFollowed, type Motion, Reference } from "./motion";
import type { Networks } from "./networks";
import { at } from "./numbers";
import type { Picture } from "./picture";
import { OneEuro } from "./smoothing";
import { vouchedFor } from "./verifier";

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

/** What a picture began or ended: a face came, has been gone for a while, or became somebody else's. */
export type TrackEvent = "entered" | "left" | "changed";

interface Fit {
  readonly landmarks: Landmarks;
  readonly sure: number;
  readonly worth: number;
  readonly prominence: number;
  readonly faces: number;
}

type Mesh = Pick<Fit, "landmarks" | "sure">;

/** What is known from the last time the mesh was placed. */
interface Placed {
  readonly timeS: number;
  readonly raw: Landmarks;
  readonly smooth: Landmarks;
  readonly sure: number;
  readonly reference: Reference;
  readonly looks: Appearance;
}

const LONG_AGO = Number.NEGATIVE_INFINITY;
const AT_REST: Motion = { x: 0, y: 0, growth: 0, roll: 0, rest: 0 };

/**
 * Follows the largest central face from picture to picture, by the rules of `vitascope.face.tracker`: the finder only
 * when there is no track and about once a second to check it, the mesh when the face's picture changed, and in between
 * the landmarks move with that picture.
 */
export class FaceTracker {
  faces = 0;
  event: TrackEvent | null = null;
  private readonly smoother = new OneEuro(TRACKER.STEADY_CUTOFF_HZ, TRACKER.STEADY_BETA_HZ);
  private track: Track | null = null;
  private placed: Placed | null = null;
  private present = false;
  private looks: Appearance | null = null;
  private shown: Motion = AT_REST;
  private pictureS = 0;
  private seenS = LONG_AGO;
  private checkedS = LONG_AGO;
  private searchedS = LONG_AGO;
  private turnedS = LONG_AGO;
  private missed = 0;
  private quarterTurns = 0;

  constructor(private readonly networks: Networks) {}

  /** Where the face is in this picture, or null when there is none. */
  async follow(picture: Picture, timeS: number): Promise<Track | null> {
    this.event = null;
    this.track = await this.next(picture, timeS);
    if (this.track) {
      if (!this.present) this.event = "entered";
      this.present = true;
      this.seenS = timeS;
    } else if (this.present && timeS - this.seenS >= TRACKER.LEFT_AFTER_S) {
      this.event = "left";
      this.present = false;
      this.looks = null;
    }
    return this.track;
  }

  private async next(picture: Picture, timeS: number): Promise<Track | null> {
    const { placed } = this;
    if (!placed) return this.acquire(picture, timeS);
    const motion = placed.reference.motion(picture);
    if (timeS - placed.timeS < restS(motion, placed.reference.contrast))
      return this.moved(placed, motion, timeS);
    const followed = isFollowed(motion) ? motion : null;
    const raw = followed ? placed.reference.moved(placed.raw, followed) : placed.raw;
    const mesh = await this.place(picture, cropOfLandmarks(raw));
    if (mesh.sure < TRACKER.MIN_SURE || !inside(mesh.landmarks, picture)) {
      this.lose();
      return this.acquire(picture, timeS);
    }
    if (
      isAbrupt(motion, placed.reference.contrast) &&
      likeness(placed.looks, appearanceOf(picture, mesh.landmarks)) < TRACKER.SAME_PERSON
    ) {
      // Somebody else, or the mesh is not yet where the face went: the finder tells.
      const fit = await this.search(picture, false);
      if (fit) return this.begin(picture, fit, timeS, TRACKER.SAME_PERSON);
    }
    if (followed) this.smoother.move((landmarks) => placed.reference.moved(landmarks, followed));
    if (timeS - this.checkedS < TRACKER.CHECK_EVERY_S) return this.keep(picture, mesh, timeS);
    const track = await this.check(picture, timeS, mesh);
    if (!track) this.lose();
    return track;
  }

  /** The mesh, as sure as itself or, where it doubts, as the verifier. */
  private async place(picture: Picture, crop: Crop): Promise<Mesh> {
    const mesh = await this.networks.placeMesh(picture, crop);
    if (mesh.sure >= TRACKER.SURE) return mesh;
    return { ...mesh, sure: Math.max(mesh.sure, await vouchedFor(this.networks, picture, crop)) };
  }

  private lose(): void {
    this.placed = this.track = null;
    this.shown = AT_REST;
    this.missed = this.faces = 0;
    this.smoother.reset();
  }

  /** The track of a face whose picture only moved since the mesh was placed. */
  private moved(placed: Placed, motion: Motion, timeS: number): Track | null {
    const { track } = this;
    if (
      track &&
      apart(this.shown, motion, track.size) < TRACKER.STILL_PX &&
      track.speed < TRACKER.STILL_SPEED
    ) {
      this.pictureS = timeS;
      return track;
    }
    this.shown = motion;
    const { reference, raw, smooth, sure } = placed;
    return this.show(reference.moved(raw, motion), reference.moved(smooth, motion), sure, timeS);
  }

  private show(raw: Landmarks, smooth: Landmarks, sure: number, timeS: number): Track {
    const size = sizeOf(raw);
    const centre = centreOf(raw);
    let speed = 0;
    if (this.track) {
      const dt = timeS - this.pictureS;
      const [x, y] = this.track.centre;
      const moved = Math.hypot(centre[0] - x, centre[1] - y) / (dt * size);
      speed = this.track.speed + (1 - Math.exp(-dt / TRACKER.SPEED_S)) * (moved - this.track.speed);
    }
    this.pictureS = timeS;
    return { landmarks: smooth, sure, size, centre, speed };
  }

  /** The track of a face on which the mesh was just placed. */
  private keep(picture: Picture, { landmarks, sure }: Mesh, timeS: number): Track {
    const smooth = this.smoother.step(landmarks, timeS, sizeOf(landmarks));
    for (let i = 2; i < smooth.length; i += 3) smooth[i] = at(landmarks, i);
    this.looks = appearanceOf(picture, landmarks);
    this.quarterTurns = ((Math.round(cropOfLandmarks(landmarks).angle / (Math.PI / 2)) % 4) + 4) % 4;
    const reference = new Reference(picture, landmarks);
    this.placed = { timeS, raw: landmarks, smooth, sure, reference, looks: this.looks };
    this.shown = AT_REST;
    return this.show(landmarks, smooth, sure, timeS);
  }

  /** The track of a face that was just found; another one than before if it is less like that than `alike`. */
  private async begin(picture: Picture, fit: Fit, timeS: number, alike: number): Promise<Track> {
    const looks = this.present ? this.looks : null;
    if (looks && likeness(looks, appearanceOf(picture, fit.landmarks)) < alike) this.event = "changed";
    this.lose();
    this.faces = fit.faces;
    this.checkedS = timeS;
    let { landmarks } = fit;
    for (let i = 1; i < TRACKER.SETTLING; i++) {
      ({ landmarks } = await this.networks.placeMesh(picture, cropOfLandmarks(landmarks)));
    }
    const mesh = await this.place(picture, cropOfLandmarks(landmarks));
    return this.keep(picture, mesh.sure < TRACKER.MIN_SURE ? fit : mesh, timeS);
  }

  private async acquire(picture: Picture, timeS: number): Promise<Track | null> {
    const justLost = timeS - this.seenS < TRACKER.JUST_LOST_S;
    if (!justLost && timeS - this.searchedS < TRACKER.SEARCH_EVERY_S) return null;
    this.searchedS = timeS;
    const isThorough = timeS - this.turnedS >= TRACKER.TURNED_EVERY_S;
    if (isThorough) this.turnedS = timeS;
    const fit = await this.search(picture, isThorough);
    return fit && this.begin(picture, fit, timeS, TRACKER.SAME_PERSON_LATER);
  }

  /**
   * The most prominent of the good faces in the orientation of the last one, or of the best fits over all. `isThorough`:
   * every quarter turn is looked at too and, where none shows a good one, the upright picture closely. Otherwise only a
   * good fit can change the orientation.
   */
  private async search(picture: Picture, isThorough: boolean): Promise<Fit | null> {
    const fits: Fit[] = [];
    const quick = [...new Set([this.quarterTurns, 0, ...(isThorough ? [1, 3, 2] : [])])];
    const looks = quick.map((turns) => ({ turns, zoom: 0 }));
    for (const { turns, zoom } of isThorough ? [...looks, { turns: 0, zoom: TRACKER.ZOOM }] : looks) {
      const faces = await findTurned(this.networks, picture, turns, zoom);
      const enough = isThorough || turns === this.quarterTurns ? -Infinity : TRACKER.GOOD;
      for (const face of faces.slice(0, 4)) {
        const fit = fitOf(picture, face, countOf(faces));
        if (fit && fit.worth >= enough) fits.push(fit);
      }
      if (fits.some(({ worth }) => worth >= TRACKER.GOOD)) break;
    }
    const best = Math.max(...fits.map(({ worth }) => worth));
    return fits
      .filter(({ worth }) => worth >= best - TRACKER.AS_GOOD)
      .reduce<Fit | null>((a, b) => (a && a.prominence >= b.prominence ? a : b), null);
  }

  /** Asks the finder whether the tracked face is still one: its track, that of a better one, or null. */
  private async check(picture: Picture, timeS: number, mesh: Mesh): Promise<Track | null> {
    this.checkedS = timeS;
    const faces = await findTurned(this.networks, picture, this.quarterTurns, 0);
    const mismatches = faces.map((face) => mismatchOf(face, mesh.landmarks));
    const mismatch = Math.min(...mismatches);
    if (mismatch < TRACKER.DRIFTED_MISMATCH) {
      this.missed = 0;
      this.faces = countOf(faces);
      return this.keep(picture, mesh, timeS);
    }
    const own = faces[mismatches.indexOf(mismatch)];
    const worth = own && mismatch <= TRACKER.MAX_MISMATCH ? worthOf(own.score, mesh.sure, mismatch) : 0;
    const found = await this.search(picture, true);
    if (found && found.worth > worth + TRACKER.BETTER) {
      return this.begin(picture, found, timeS, TRACKER.SAME_PERSON);
    }
    this.missed = worth > 0 ? 0 : this.missed + 1;
    return this.missed >= TRACKER.MAX_MISSED_CHECKS ? null : this.keep(picture, mesh, timeS);
  }
}

/** How long after it was placed the mesh is still good for a face that moved like this, in seconds. */
function restS(motion: Motion, contrast: number): number {
  if (isAbrupt(motion, contrast)) return 0;
  if (Math.abs(motion.growth) > TRACKER.MAX_TURN || Math.abs(motion.roll) > TRACKER.MAX_TURN) return 0;
  return motion.rest < TRACKER.EXPLAINED_LEVELS ? TRACKER.EXPLAINED_REST_S : TRACKER.CHANGING_REST_S;
}

function isAbrupt(motion: Motion, contrast: number): boolean {
  return motion.rest >= Math.max(TRACKER.ABRUPT_LEVELS, TRACKER.ABRUPT_SHARE * contrast);
}

/** A detection judged on whether finder and mesh agree that it is a face. */
function fitOf(picture: Picture, face: Detection, faces: number): Fit | null {
  const { landmarks, sure } = face;
  const mismatch = mismatchOf(face, landmarks);
  if (sure < TRACKER.MIN_SURE || mismatch > TRACKER.MAX_MISMATCH || !inside(landmarks, picture)) return null;
  const [x, y, w, h] = face.box;
  const offCentre = Math.hypot((x + w / 2) / picture.width - 0.5, (y + h / 2) / picture.height - 0.5);
  const prominence = w * h * Math.exp(-TRACKER.CENTRAL * offCentre ** 2);
  return { landmarks, sure, worth: worthOf(face.score, sure, mismatch), prominence, faces };
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
