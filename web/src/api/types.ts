/** The JSON shapes of docs/api.md and docs/report.md. */

export type Status = "ok" | "tentative" | "withheld";

export interface Reading {
  value: number | null;
  unit: string;
  interval: [number, number] | null;
  status: Status;
  reason: string | null;
  /** Probability, 0..1, that the value is within the tolerance documented for this vital. */
  confidence: number | null;
  window_s: number | null;
  band: string | null;
  method: string | null;
  loinc: string | null;
  inputs: Record<string, number>;
}

export interface Quality {
  snr_db: number | null;
  face_found: number | null;
  fps: number | null;
  stars: number;
  messages?: string[];
}

export interface Waveform {
  fps: number;
  start_s: number;
  samples: (number | null)[];
  marks_s: number[];
}

export type FindingStatus = "ok" | "unsure" | "rejected";

/** What one class is, in plain words. Serious ones should not be overlooked. */
export interface ClassMeaning {
  title: string;
  what: string;
  next_step: string;
  serious: boolean;
}

/** The probability of several classes together. */
export interface Score {
  title: string;
  probability: number;
  status: "ok" | "unsure";
  text: string;
}

export interface Finding {
  title: string;
  status: FindingStatus;
  reason: string | null;
  /** The answer; null unless the status is ok. */
  top: string | null;
  probabilities: Record<string, number>;
  prediction_set: string[];
  scores: Record<string, Score>;
  classes: Record<string, ClassMeaning>;
  text: string;
  /** The prediction set in words, with its guarantee. */
  set_text: string | null;
  tip: string | null;
  accuracy: string | null;
  limits: string[];
}

/** What kind of picture the server saw. */
export interface PictureView {
  kind: string;
  title: string;
  width: number;
  height: number;
  refusal: string | null;
}

/** A place in the picture: x, y, width, height in its fractions. */
export interface Box {
  place: [number, number, number, number];
  label: string;
  text: string | null;
  /** How sure it is that `label` is there, 0..1. */
  score?: number | null;
  /** What was read there, in the reading's unit. */
  value?: number | null;
}

export interface SliceAnswer {
  number: number;
  source: string;
  status: FindingStatus;
  reason: string | null;
  top: string | null;
  probabilities: Record<string, number>;
}

/** The scale of a reading as the server describes it. */
export interface WireScale {
  title: string;
  low: number;
  high: number;
  digits?: number;
  zones: { upper: number | null; label: string; colour: string }[];
}

export interface Report {
  schema: string;
  kind: string;
  created: string;
  duration_s: number;
  readings: Record<string, Reading>;
  findings: Record<string, Finding>;
  picture?: PictureView | null;
  boxes?: Box[];
  slices?: SliceAnswer[];
  quality: Quality;
  /** Left out of lists. */
  waveforms?: Record<string, Waveform>;
  models: Record<string, string>;
  /** The dials of this report's readings, where they depend on the person. */
  scales?: Record<string, WireScale>;
  disclaimer?: string;
}

export type MeasurementState = "queued" | "running" | "done" | "failed";

export interface Measurement {
  id: string;
  created: string;
  source: "live" | "upload";
  name: string | null;
  kind: string;
  status: MeasurementState;
  /** 0..1 */
  progress: number;
  reason: string | null;
  report: Report | null;
}

/** Where a picture speaks for a class: a see-through layer as a data URL. */
export interface HeatmapLayer {
  label: string;
  title: string;
  picture: string;
}

/** The answer to a photo: as the history keeps it, and what is shown once and kept nowhere. */
export interface CheckedPhoto extends Measurement {
  report: Report;
  heatmaps: Record<string, HeatmapLayer>;
  preview: string | null;
}

export interface CheckOffered {
  kind: string;
  title: string;
  /** What picture it takes. */
  picture: string;
  series: boolean;
  asks: Asked[];
}

/** Something about the person that a check would like to know: one of the options (value to label), or a number. */
export interface Asked {
  name: string;
  title: string;
  options: Record<string, string>;
}

/** A point in fractions of the picture, from its upper left corner. */
export type Point = [number, number];

export interface Face {
  /** x, y, width, height in fractions of the picture. */
  box: [number, number, number, number];
  regions: Record<string, Point[]>;
}

/** What a picture shows of a fingertip on the lens. */
export interface Finger {
  /** One smooth field, with no scene in it. */
  covered: boolean;
  red: boolean;
  light: "good" | "dark" | "clipped";
}

export type Kind = "face" | "finger";

export interface Progress {
  type: "progress";
  elapsed_s: number;
  seconds: number;
  quality: Quality;
  guidance: string | null;
  messages: string[];
  waveform: { time_s: number[]; bvp: number[] };
  readings: Record<string, Reading>;
}

export type ServerEvent =
  | { type: "ready"; seconds: number; max_in_flight: number }
  | { type: "frame"; time_s: number; skipped: boolean; face: Face | null; finger: Finger | null }
  | Progress
  | { type: "report"; id: string; report: Report }
  | { type: "cancelled" }
  | { type: "error"; reason: string; fatal: boolean };
