import { expect, test } from "vitest";
import {
  formatClock,
  formatConfidence,
  formatInterval,
  formatMoment,
  formatNumber,
  formatPercent,
  formatUnit,
} from "./format";

test("a number shows the digits its size can carry", () => {
  expect(formatNumber(62.4)).toBe("62");
  expect(formatNumber(4.26)).toBe("4.3");
  expect(formatNumber(0.567)).toBe("0.57");
  expect(formatNumber(-3.2)).toBe("\u22123.2");
});

test("an interval never looks narrower than it is", () => {
  expect(formatInterval([61.5, 63.3])).toBe("61.5–63.3");
  expect(formatInterval([48, 71])).toBe("48–71");
  expect(formatInterval([0.8, 1.4])).toBe("0.8–1.4");
});

test("time counts down in whole seconds and never below nothing", () => {
  expect(formatClock(29.2)).toBe("0:30");
  expect(formatClock(65)).toBe("1:05");
  expect(formatClock(-0.4)).toBe("0:00");
});

test("shares, moments and units are written for people", () => {
  expect(formatPercent(0.934)).toBe("93\u202f%");
  expect(formatMoment("2026-01-01T10:00:00Z", "en-GB")).toMatch(/1 Jan 2026/);
  expect(formatMoment("not a date")).toBe("not a date");
  expect(formatUnit("heart_rate", "/min")).toBe("beats/min");
  expect(formatUnit("stress_index", "1")).toBe("");
});

test("confidence never reaches certainty", () => {
  expect(formatConfidence(0.934)).toBe("93\u202f%");
  expect(formatConfidence(0.9996)).toBe("over 99\u202f%");
  expect(formatConfidence(1)).toBe("over 99\u202f%");
});
