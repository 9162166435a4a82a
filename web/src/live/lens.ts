import type { Finger } from "../api/types";

/** pale: covered, but not in the red of light that went through a finger. bright: nothing but overexposure. */
export type Lens = "covered" | "pale" | "uncovered" | "dark" | "bright";

export function lensOf({ covered, red, light }: Finger): Lens {
  if (light === "dark") return "dark";
  if (!covered) return "uncovered";
  if (light === "clipped") return "bright";
  return red ? "covered" : "pale";
}

/** What must be seen in so many pictures in a row before it is shown: a word that flickers cannot be read. */
const PERSIST = 5;

/** The lens from picture to picture, without flicker. */
export class SteadyLens {
  private shown: Lens | null = null;
  private next: Lens | null = null;
  private lasted = 0;

  /** Takes in one more picture and tells what to show; null until something has lasted. */
  see(finger: Finger): Lens | null {
    const now = lensOf(finger);
    this.lasted = now === this.next ? this.lasted + 1 : 1;
    this.next = now;
    if (this.lasted >= PERSIST) this.shown = now;
    return this.shown;
  }
}
