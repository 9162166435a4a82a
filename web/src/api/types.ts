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

export interface Report {
  schema: string;
  kind: string;
  created: string;
  duration_s: number;
  readings: Record<string, Reading>;
  quality: Quality;
  /** Left out of lists. */
  waveforms?: Record<string, Waveform>;
  models: Record<string, string>;
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
