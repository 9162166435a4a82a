import type { Point } from "../api/types";
import { GUIDANCE, WATCHER } from "./face.json";
import { causesOf, Guidance } from "./guidance";
import { boundsOf, COUNT, type Landmarks, xOf, yOf } from "./landmarks";
import { type Light, lightOn } from "./light";
import type { Networks } from "./networks";
import type { Picture } from "./picture";
import { Obstruction } from "./obstruction";
import { poseOf } from "./pose";
import { brightnessIn, outlinesOf } from "./regions";
import type { Sight } from "./sight";
import { skinMap } from "./skin";
import { FaceTracker } from "./tracker";
import { type Visibility, whyRefused } from "./visibility";

/** Watches one face from picture to picture, by the rules of `vitascope.face.watcher`. */
export class FaceWatcher {
  private readonly tracker: FaceTracker;
  private readonly obstruction: Obstruction;
  private readonly guidance = new Guidance();
  private light: Light = { brightness: Number.NaN, backlight: 0 };
  private lightS = Number.NEGATIVE_INFINITY;

  constructor(networks: Networks) {
    this.tracker = new FaceTracker(networks);
    this.obstruction = new Obstruction(networks);
  }

  /**
   * Looks at one more picture, taken at that time in seconds; they must come in the order of their capture.
   * `cameraFps`: pictures a second that the camera gives, NaN while that is not known.
   */
  async see(picture: Picture, timeS: number, cameraFps: number): Promise<Sight> {
    const track = await this.tracker.follow(picture, timeS);
    if (this.tracker.event) this.obstruction.reset();
    if (!track) return { face: null, messages: this.guidance.step([GUIDANCE.NO_FACE]) };
    const seen = await this.obstruction.see(picture, track.landmarks, timeS);

    const { width, height } = picture;
    const { left, top, right, bottom } = boundsOf(track.landmarks);
    const regions = outlinesOf(track.landmarks);
    const box = [left, top, right - left, bottom - top] as const;
    if (timeS - this.lightS >= WATCHER.LIGHT_EVERY_S) {
      this.light = lightOn(picture, box);
      this.lightS = timeS;
    }
    const causes = causesOf(
      {
        distance: box[2] / width,
        pixels: box[2],
        offset: [(left + right) / 2 / width - 0.5, (top + bottom) / 2 / height - 0.5],
        ...poseOf(track.landmarks),
        movement: track.speed,
        brightness: this.brightness(picture, regions, seen),
        backlight: this.light.backlight,
        fps: cameraFps,
        faces: this.tracker.faces,
      },
      refusalOf(track.sure, seen),
    );
    const shrink = ([x, y]: Point): Point => [x / width, y / height];
    return {
      face: {
        box: [left / width, top / height, box[2] / width, box[3] / height],
        regions: Object.fromEntries(
          Object.entries(regions).map(([name, outline]) => [name, outline.map(shrink)]),
        ),
        landmarks: placesOf(track.landmarks, width, height),
      },
      messages: this.guidance.step(causes),
    };
  }

  /** Of the skin that is seen, else of the whole face. */
  private brightness(picture: Picture, regions: Record<string, Point[]>, seen: Visibility): number {
    const skinAt = skinMap(seen);
    const means = Object.values(regions)
      .map((outline) => brightnessIn(picture, outline, skinAt))
      .filter((mean) => !Number.isNaN(mean));
    return means.length > 0
      ? means.reduce((sum, mean) => sum + mean, 0) / means.length
      : this.light.brightness;
  }
}

/** Why this picture may not be measured, or null. */
function refusalOf(sure: number, seen: Visibility): string | null {
  const why = whyRefused(seen);
  // Under a mask the mesh is unsure because of the mask.
  if (sure < WATCHER.MIN_CONFIDENCE) return why?.by === "mask" ? GUIDANCE.HIDDEN_BY.mask : GUIDANCE.UNCLEAR;
  if (!why) return null;
  const sentences: Readonly<Record<string, string>> = GUIDANCE.HIDDEN_BY;
  return sentences[why.by ?? ""] ?? GUIDANCE.COVERED;
}

/** x and y of each landmark in fractions of the picture. */
function placesOf(landmarks: Landmarks, width: number, height: number): Float32Array {
  const places = new Float32Array(2 * COUNT);
  for (let i = 0; i < COUNT; i++) {
    places[2 * i] = xOf(landmarks, i) / width;
    places[2 * i + 1] = yOf(landmarks, i) / height;
  }
  return places;
}
