import type { Reading } from "../api/types";

/** Digits after the point that the size of a number can honestly carry. */
function digitsOf(value: number): number {
  const size = Math.abs(value);
  if (size >= 10) return 0;
  return size >= 1 ? 1 : 2;
}

export function formatNumber(value: number, digits = digitsOf(value)): string {
  return value.toFixed(digits).replace("-", "\u2212");
}

/** "61.5–63.3": one more digit where whole numbers would hide the width. */
export function formatInterval([low, high]: [number, number]): string {
  const digits = Math.max(digitsOf(high), high - low < 5 ? 1 : 0);
  return `${formatNumber(low, digits)}\u2013${formatNumber(high, digits)}`;
}

/** A probability; one that rounds to certainty is never shown as certainty. */
export function formatConfidence(share: number): string {
  return share > 0.99 ? "over 99\u202f%" : formatPercent(share);
}

export function formatPercent(share: number): string {
  return `${Math.round(share * 100)}\u202f%`;
}

/** "0:07", "1:05" */
export function formatClock(seconds: number): string {
  const whole = Math.max(0, Math.ceil(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

export function formatSeconds(seconds: number): string {
  return `${formatNumber(seconds, seconds < 10 ? 1 : 0)}\u202fs`;
}

export function formatMoment(iso: string, locale?: string): string {
  const moment = new Date(iso);
  if (Number.isNaN(moment.getTime())) return iso;
  return moment.toLocaleString(locale, { dateStyle: "medium", timeStyle: "short" });
}

/** The unit as a person says it. */
export function formatUnit(name: string, unit: string): string {
  if (unit === "/min") {
    if (name === "heart_rate") return "beats/min";
    if (name === "respiration_rate") return "breaths/min";
    return "per minute";
  }
  return unit === "1" ? "" : unit;
}

/** One spoken line, for screen readers and lists: "62 beats/min". */
export function formatReading(name: string, reading: Reading): string {
  if (reading.value === null) return "not given";
  return `${formatNumber(reading.value)} ${formatUnit(name, reading.unit)}`.trim();
}
