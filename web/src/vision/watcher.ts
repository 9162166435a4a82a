import type { Point } from "../api/types";
import { GUIDANCE, WATCHER } from "./face.json";
import { causesOf, Guidance } from "./guidance";
import { boundsOf, COUNT, type Landmarks, xOf, yOf } from "./landmarks";
import { type Light, lightOn } from "./light";
import type { Networks } from "./networks";
import type { Picture } from "./picture";
import { poseOf } from "./pose";
import { brightnessIn, outlinesOf } from "./regions";
import type { Sight } from "./sight";
import { FaceTracker, type Track } from "./tracker";

/** Watches one face from picture to picture, by the rules of `vitascope.face.watcher`. */
export class FaceWatcher {
  private readonly tracker: FaceTracker;
  private readonly guidance = new Guidance();
  private light: Light = { brightness: Number.NaN, backlight: 0 };
  private lightS = Number.NEGATIVE_INFINITY;

  constructor(networks: Networks) {
    this.tracker = new FaceTracker(networks);
  }

  /**
   * Looks at one more picture, taken at that time in seconds; they must come in the order of their capture.
   * `cameraFps`: pictures a second that the camera gives, NaN while that is not known.
   */
  async see(picture: Picture, timeS: number, cameraFps: number): Promise<Sight> {
    const track = await this.tracker.follow(picture, timeS);
    if (!track) return { face: null, messages: this.guidance.step([GUIDANCE.NO_FACE]) };

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
        brightness: this.brightness(picture, regions),
        backlight: this.light.backlight,
        fps: cameraFps,
        faces: this.tracker.faces,
      },
      refusalOf(track),
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

  /** Of the regions that are seen, else of the whole face. */
  private brightness(picture: Picture, regions: Record<string, Point[]>): number {
    const seen = Object.values(regions)
      .map((outline) => brightnessIn(picture, outline))
      .filter((brightness) => !Number.isNaN(brightness));
    return seen.length > 0 ? seen.reduce((sum, one) => sum + one, 0) / seen.length : this.light.brightness;
  }
}

/** Why this picture cannot be measured, or null. */
function refusalOf({ sure }: Track): string | null {
  return sure < WATCHER.MIN_CONFIDENCE ? GUIDANCE.UNCLEAR : null;
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
