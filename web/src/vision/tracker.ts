import { type Appearance, appearanceOf, likeness } from "./appearance";
import { type Crop, cropOfLandmarks } from "./crop";
import { SEARCH, TRACKER } from "./face.json";
import { centreOf, type Landmarks, sizeOf } from "./landmarks";
import { apart, isFollowed, type Motion, Reference } from "./motion";
import type { Networks } from "./networks";
import { at } from "./numbers";
import type { Picture } from "./picture";
import { FaceSearch, type Found, isInside } from "./search";
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

type Mesh = Pick<Found, "landmarks" | "sure">;

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
  private readonly searcher: FaceSearch;

  constructor(private readonly networks: Networks) {
    this.searcher = new FaceSearch(networks);
  }

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
    if (mesh.sure < SEARCH.MIN_SURE || !isInside(mesh.landmarks, picture)) {
      this.lose();
      return this.acquire(picture, timeS);
    }
    if (
      isAbrupt(motion, placed.reference.contrast) &&
      likeness(placed.looks, appearanceOf(picture, mesh.landmarks)) < TRACKER.SAME_PERSON
    ) {
      // Somebody else, or the mesh is not yet where the face went: the finder tells.
      const fit = await this.searcher.best(picture, false);
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
    this.searcher.quarterTurns = ((Math.round(cropOfLandmarks(landmarks).angle / (Math.PI / 2)) % 4) + 4) % 4;
    const reference = new Reference(picture, landmarks);
    this.placed = { timeS, raw: landmarks, smooth, sure, reference, looks: this.looks };
    this.shown = AT_REST;
    return this.show(landmarks, smooth, sure, timeS);
  }

  /** The track of a face that was just found; another one than before if it is less like that than `alike`. */
  private async begin(picture: Picture, fit: Found, timeS: number, alike: number): Promise<Track> {
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
    return this.keep(picture, mesh.sure < SEARCH.MIN_SURE ? fit : mesh, timeS);
  }

  private async acquire(picture: Picture, timeS: number): Promise<Track | null> {
    const justLost = timeS - this.seenS < TRACKER.JUST_LOST_S;
    if (!justLost && timeS - this.searchedS < TRACKER.SEARCH_EVERY_S) return null;
    this.searchedS = timeS;
    const isThorough = timeS - this.turnedS >= TRACKER.TURNED_EVERY_S;
    if (isThorough) this.turnedS = timeS;
    const fit = await this.searcher.best(picture, isThorough);
    return fit && this.begin(picture, fit, timeS, TRACKER.SAME_PERSON_LATER);
  }

  /** Asks the finder whether the tracked face is still one: its track, that of a better one, or null. */
  private async check(picture: Picture, timeS: number, mesh: Mesh): Promise<Track | null> {
    this.checkedS = timeS;
    const own = await this.searcher.recognise(picture, mesh.landmarks, mesh.sure);
    if (own.isSettled) {
      this.missed = 0;
      this.faces = own.faces;
      return this.keep(picture, mesh, timeS);
    }
    const found = await this.searcher.best(picture, true);
    if (found && found.worth > own.worth + TRACKER.BETTER) {
      return this.begin(picture, found, timeS, TRACKER.SAME_PERSON);
    }
    this.missed = own.worth > 0 ? 0 : this.missed + 1;
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
