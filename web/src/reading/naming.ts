import type { Measurement } from "../api/types";

/** What each reading is called and what it means, for a person who is not a clinician. */
export interface Naming {
  title: string;
  meaning: string;
  /** Its evidence is thin, and that is said beside it. */
  experimental?: boolean;
}

const NAMES: Record<string, Naming> = {
  heart_rate: {
    title: "Heart rate",
    meaning: "How often your heart beats. It rises with movement, caffeine, warmth, stress and fever.",
  },
  respiration_rate: {
    title: "Breathing rate",
    meaning: "How often you breathe. Talking or moving during the recording changes it.",
  },
  oxygen_saturation: {
    title: "Oxygen saturation",
    meaning: "How much of the blood's haemoglobin carries oxygen.",
    experimental: true,
  },
  haemoglobin: {
    title: "Haemoglobin",
    meaning: "What colours the blood and carries oxygen. From a picture this is a rough estimate.",
    experimental: true,
  },
  mean_nn: { title: "Mean beat interval", meaning: "The average time between two beats." },
  sdnn: {
    title: "Variability (SDNN)",
    meaning: "How much the time between beats varies overall. Short recordings give a rough picture of it.",
  },
  rmssd: {
    title: "Beat-to-beat variability (RMSSD)",
    meaning: "How much each beat interval differs from the next. It tends to be higher when you are relaxed.",
  },
  pnn50: {
    title: "pNN50",
    meaning: "The share of beat intervals that differ from the next by over 50 ms.",
  },
  lf: { title: "LF power", meaning: "Slow swings of the beat interval, 0.04 to 0.15 Hz." },
  hf: {
    title: "HF power",
    meaning: "Fast swings of the beat interval, mostly from breathing, 0.15 to 0.4 Hz.",
  },
  lf_hf: { title: "LF/HF ratio", meaning: "Slow against fast swings of the beat interval." },
  stress: {
    title: "Stress",
    meaning: "Drawn from how steady your beat intervals are. One rest period tells little.",
  },
  stress_index: {
    title: "Stress index",
    meaning: "Baevsky's index: high when the beat intervals are very even, as under strain.",
  },
};

export function naming(name: string, title?: string): Naming {
  const known = NAMES[name];
  const words = name.replaceAll("_", " ");
  return {
    title: title ?? known?.title ?? words.charAt(0).toUpperCase() + words.slice(1),
    meaning: known?.meaning ?? "",
    experimental: known?.experimental ?? false,
  };
}

/** What a measurement that is no plain face video was of. */
const KINDS: Record<string, string> = {
  finger: "fingertip",
  photo: "photo",
  skin: "skin photo",
  outer_eye: "eye photo",
  fundus: "photo of the back of the eye",
  lung_ct: "lung CT",
  nail: "nail photo",
};

/** Where a measurement came from, in a few words. */
export function sourceOf({ name, kind }: Measurement): string {
  const what = KINDS[kind] ?? null;
  return [name ?? "live camera", what].filter(Boolean).join(", ");
}

const ORDER = Object.keys(NAMES);

/** Readings in the order people look for them; new ones follow in the server's order. */
export function inOrder<T>(readings: Record<string, T>): [string, T][] {
  const rank = (name: string) => {
    const i = ORDER.indexOf(name);
    return i < 0 ? ORDER.length : i;
  };
  return Object.entries(readings).sort(([a], [b]) => rank(a) - rank(b));
}
