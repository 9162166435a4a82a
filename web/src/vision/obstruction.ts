import { cropOfLandmarks } from "./crop";
import { OBSTRUCTION, VISIBILITY } from "./face.json";
import { type Landmarks, xOf, yOf } from "./landmarks";
import type { Networks } from "./networks";
import { at } from "./numbers";
import type { Picture } from "./picture";
import type { Visibility } from "./visibility";

/** What is hidden of the face that is followed, steadied over time, by the rules of `vitascope.face.obstruction`. */
export class Obstruction {
  private seen: Visibility | null = null;
  private lookS = Number.NEGATIVE_INFINITY;
  private landmarks: Landmarks | null = null;

  constructor(private readonly networks: Networks) {}

  /** Forgets everything: what comes is another face, or the same one much later. */
  reset(): void {
    this.seen = null;
    this.lookS = Number.NEGATIVE_INFINITY;
    this.landmarks = null;
  }

  /** What is hidden of the face with these landmarks; a new look is taken only now and then. */
  async see(picture: Picture, landmarks: Landmarks, timeS: number): Promise<Visibility> {
    const since = timeS - this.lookS;
    if (this.seen && landmarks === this.landmarks && since < OBSTRUCTION.LOOK_STILL_EVERY_S) return this.seen;
    const crop = cropOfLandmarks(landmarks);
    this.landmarks = landmarks;
    if (!this.seen || since >= OBSTRUCTION.LOOK_EVERY_S) {
      const now = withEdges(await this.networks.lookAt(picture, crop), landmarks, picture);
      this.seen = this.seen ? steadied(this.seen, now, since) : now;
      this.lookS = timeS;
    } else {
      this.seen = { ...this.seen, crop };
    }
    return this.seen;
  }
}

/** A part that lies outside of the picture is hidden, whatever the network makes of its empty crop. */
export function withEdges(
  seen: Visibility,
  landmarks: Landmarks,
  { width, height }: Pick<Picture, "width" | "height">,
): Visibility {
  const outside = (index: number) => {
    const [x, y] = [xOf(landmarks, index), yOf(landmarks, index)];
    return x < 0 || y < 0 || x > width - 1 || y > height - 1;
  };
  const places: Readonly<Record<string, readonly number[]>> = OBSTRUCTION.PLACES;
  const gone = VISIBILITY.PARTS.filter((part) => {
    const all = places[part] ?? [];
    return all.filter(outside).length / all.length > OBSTRUCTION.OUTSIDE;
  });
  if (gone.length === 0) return seen;
  const hidden = { ...seen.hidden, ...Object.fromEntries(gone.map((part) => [part, 1])) };
  return { ...seen, hidden, by: { ...seen.by, out_of_frame: 1 } };
}

/** A new look blended into what was seen before, `sinceS` seconds ago. */
export function steadied(before: Visibility, now: Visibility, sinceS: number): Visibility {
  const share = shareOf(sinceS, OBSTRUCTION.STEADY_S);
  const blend = (old: Visibility["by"], fresh: Visibility["by"]) =>
    Object.fromEntries(
      Object.entries(fresh).map(([name, value]) => {
        const was = old[name] ?? value;
        return [name, was + share * (value - was)];
      }),
    );
  const sharp = VISIBILITY.PARTS.some(
    (part) => Math.abs((now.hidden[part] ?? 0) - (before.hidden[part] ?? 0)) > OBSTRUCTION.SHARP_CHANGE,
  );
  const skinShare = sharp ? 1 : shareOf(sinceS, OBSTRUCTION.SKIN_STEADY_S);
  return {
    hidden: blend(before.hidden, now.hidden),
    by: blend(before.by, now.by),
    skin: now.skin.map((value, i) => at(before.skin, i) + skinShare * (value - at(before.skin, i))),
    crop: now.crop,
  };
}

function shareOf(sinceS: number, constantS: number): number {
  return 1 - Math.exp(-sinceS / constantS);
}
