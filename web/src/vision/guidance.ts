import { GUIDANCE } from "./face.json";

/** What guidance is derived from; lengths as shares of the picture unless said. */
export interface View {
  /** Width of the face, and the same in pixels. */
  readonly distance: number;
  readonly pixels: number;
  /** Of the face's middle from the picture's. */
  readonly offset: readonly [number, number];
  /** Degrees. */
  readonly turn: number;
  readonly nod: number;
  readonly roll: number;
  /** Face widths a second. */
  readonly movement: number;
  /** Mean of the skin regions, 0..255. */
  readonly brightness: number;
  /** By how many levels the surroundings are brighter than the face. */
  readonly backlight: number;
  /** Pictures a second; NaN at the start. */
  readonly fps: number;
  readonly faces: number;
}

/** Every sentence that applies to one picture with a face, weightiest first; `refusal`: why it cannot be measured. */
export function causesOf(view: View, refusal: string | null): string[] {
  const tests: [string, boolean][] = [
    [GUIDANCE.COME_CLOSER, view.distance < GUIDANCE.FAR || view.pixels < GUIDANCE.FEW_PIXELS],
    [GUIDANCE.MOVE_BACK, view.distance > GUIDANCE.NEAR],
    [GUIDANCE.FACE_CAMERA, Math.abs(view.turn) > GUIDANCE.MAX_TURN || Math.abs(view.nod) > GUIDANCE.MAX_NOD],
    [GUIDANCE.HOLD_UPRIGHT, Math.abs(view.roll) > GUIDANCE.MAX_ROLL],
    [GUIDANCE.MIDDLE, Math.max(...view.offset.map(Math.abs)) > GUIDANCE.OFF_CENTRE],
    [GUIDANCE.HOLD_STILL, view.movement > GUIDANCE.MAX_SPEED],
    [GUIDANCE.MORE_LIGHT, view.brightness < GUIDANCE.DARK],
    [GUIDANCE.LESS_LIGHT, view.brightness > GUIDANCE.BRIGHT],
    [GUIDANCE.BACKLIGHT, view.backlight > GUIDANCE.BEHIND && view.brightness < GUIDANCE.DIM],
    [GUIDANCE.SLOW_CAMERA, view.fps < GUIDANCE.FEW_FRAMES],
    [GUIDANCE.SEVERAL, view.faces > 1],
  ];
  const said = tests.filter(([, applies]) => applies).map(([sentence]) => sentence);
  return refusal === null ? said : [refusal, ...said];
}

/** Lets a sentence through once its cause has lasted some pictures in a row. */
export class Guidance {
  private lasted = new Map<string, number>();

  /** The sentences to show for this picture, weightiest first. */
  step(now: readonly string[]): string[] {
    this.lasted = new Map(now.map((sentence) => [sentence, (this.lasted.get(sentence) ?? 0) + 1]));
    return now.filter((sentence) => (this.lasted.get(sentence) ?? 0) >= GUIDANCE.PERSIST);
  }
}
