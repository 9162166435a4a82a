import type { Progress } from "../api/types";
import type { Lens } from "./lens";
import type { Phase } from "./useMeasurement";

const TO_MEND: Partial<Record<Lens, string>> = {
  uncovered: "Cover the lens and the lamp completely with a fingertip.",
  dark: "No light comes through. Turn the lamp on, or hold the finger against a bright light.",
  bright: "Too bright. Cover the lens fully, or turn away from the strongest light.",
};
const PALE = "Nothing red is seen. Is the fingertip on the lens, with light behind it?";

/** One sentence on what to do, or that all is well. */
export function fingerGuidance(phase: Phase, lens: Lens | null, progress: Progress | null): string {
  if (phase === "connecting") return "Connecting…";
  if (phase === "finishing") return "Putting the result together…";
  if (!lens) return "Looking for your fingertip…";
  const toMend = TO_MEND[lens];
  if (toMend) return toMend;
  // Cameras that balance colours away may show no red at all: what counts is the pulse.
  const found = typeof progress?.readings.heart_rate?.value === "number";
  if (lens === "pale" && !found) return PALE;
  if (progress?.guidance) return progress.guidance;
  return found ? "Good. Keep the finger still and breathe calmly." : "Good. Looking for your pulse…";
}
