import type { Finding, Report } from "../api/types";

/** A finding for tests; fields replace what it says. */
export function finding(fields: Partial<Finding> = {}): Finding {
  return {
    title: "Skin lesion",
    status: "ok",
    reason: null,
    top: "nv",
    probabilities: { mel: 0.06, nv: 0.94 },
    prediction_set: ["nv"],
    scores: {
      malignant: { title: "Malignant", probability: 0.06, status: "ok", text: "Few signs of it." },
    },
    classes: {
      mel: { title: "Melanoma", what: "A skin cancer.", next_step: "Show it to a doctor.", serious: true },
      nv: { title: "Mole", what: "Harmless.", next_step: "Nothing needs doing.", serious: false },
    },
    text: "Skin lesion: most likely “Mole” (94 %).",
    set_text: "What cannot be ruled out: “Mole”.",
    tip: "Nothing needs doing.",
    accuracy: "Of 100 pictures 94 were answered rightly.",
    limits: ["Few pictures of dark skin."],
    ...fields,
  };
}

export function photoReport(fields: Partial<Report> = {}): Report {
  return {
    schema: "vitascope.report/1",
    kind: "skin",
    created: "2026-01-01T10:00:00Z",
    duration_s: 0,
    readings: {},
    findings: { skin: finding() },
    picture: { kind: "skin", title: "a photo of skin", width: 400, height: 300, refusal: null },
    boxes: [],
    slices: [],
    quality: { snr_db: null, face_found: null, fps: null, stars: 0, messages: [] },
    models: {},
    ...fields,
  };
}
