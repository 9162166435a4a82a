import type { Crop } from "./crop";
import { VISIBILITY } from "./face.json";

/** How much of a face can be seen. */
export interface Visibility {
  /** Probability for each part of the face that it is hidden. */
  readonly hidden: Readonly<Record<string, number>>;
  /** Probability for each kind of thing that could hide it that it is there. */
  readonly by: Readonly<Record<string, number>>;
  /** Probability that a cell of the crop is bare skin, row by row; as many rows as columns. */
  readonly skin: Float32Array;
  readonly crop: Crop;
}

/** Why a face may not be measured: a part that is hidden, and what hides it (null: something else). */
export interface Hiding {
  readonly part: string;
  readonly by: string | null;
}

const CAN_HIDE: Readonly<Record<string, readonly string[]>> = VISIBILITY.CAN_HIDE;
const THRESHOLDS: Readonly<Record<string, number>> = VISIBILITY.THRESHOLDS;

/**
 * The most surely hidden part, or null when what is hidden is no reason to refuse: a forehead under the person's own
 * hair, for the cheeks are measured.
 */
export function whyRefused({ hidden, by }: Pick<Visibility, "hidden" | "by">): Hiding | null {
  const unseen = VISIBILITY.PARTS.map((part) => {
    const limit = THRESHOLDS[part] ?? 1;
    return { part, excess: ((hidden[part] ?? 0) - limit) / (1 - limit), by: causeOf(part, by) };
  }).filter(({ excess }) => excess >= 0);
  const [first] = unseen;
  if (!first || (unseen.length === 1 && first.part === "forehead" && underOwnHair(by))) return null;
  return unseen.reduce((most, one) => (one.excess > most.excess ? one : most));
}

/** Whether a forehead that cannot be seen is most likely under the person's own hair. */
function underOwnHair(by: Visibility["by"]): boolean {
  const hair = by.hair ?? 0;
  const others = [by.hand, by.mask, by.glare].map((probability) => probability ?? 0);
  return hair >= VISIBILITY.OWN_HAIR && hair > VISIBILITY.MORE_LIKELY * Math.max(...others);
}

function causeOf(part: string, by: Visibility["by"]): string | null {
  const able = VISIBILITY.OCCLUDERS.filter(
    (name) => CAN_HIDE[name]?.includes(part) && (by[name] ?? 0) >= VISIBILITY.THERE,
  );
  return able.reduce<string | null>(
    (most, name) => (most && (by[most] ?? 0) >= (by[name] ?? 0) ? most : name),
    null,
  );
}
