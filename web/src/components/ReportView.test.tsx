import { cleanup, render, screen, within } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import type { Reading, Report } from "../api/types";
import type { Scales } from "../reading/bands";
import { ReportView } from "./ReportView";

vi.mock("./PulseWave", () => ({ PulseWave: () => null })); // jsdom has no canvas

afterEach(cleanup);

const SCALES: Scales = {
  heart_rate: {
    title: "Heart rate",
    min: 40,
    max: 140,
    zones: [
      { upTo: 60, label: "below the usual range", tone: "caution" },
      { upTo: 100, label: "in the usual range", tone: "good" },
      { upTo: null, label: "above the usual range", tone: "caution" },
    ],
  },
};

function reading(fields: Partial<Reading>): Reading {
  return {
    value: 62.4,
    unit: "/min",
    interval: [61.5, 63.3],
    status: "ok",
    reason: null,
    confidence: 0.93,
    window_s: 30,
    band: null,
    method: "pos",
    loinc: "8867-4",
    inputs: {},
    ...fields,
  };
}

function withheld(reason: string): Reading {
  return reading({ value: null, interval: null, confidence: null, status: "withheld", reason });
}

function report(readings: Record<string, Reading>): Report {
  return {
    schema: "vitascope.report/1",
    kind: "face",
    created: "2026-01-01T10:00:00Z",
    duration_s: 30,
    readings,
    findings: {},
    quality: { snr_db: 6, face_found: 0.99, fps: 29.9, stars: 4, messages: [] },
    waveforms: {},
    models: {},
  };
}

test("a reading is shown with its interval, confidence and the label of its zone", () => {
  render(<ReportView report={report({ heart_rate: reading({}) })} scales={SCALES} />);
  const dial = screen.getByRole("img", { name: /^Heart rate 62 beats\/min/ });
  expect(dial.getAttribute("aria-label")).toContain("in the usual range");
  expect(dial.getAttribute("aria-label")).toContain("likely between 61.5–63.3");
  expect(screen.getByText("in the usual range")).toBeDefined();
  expect(screen.getByText("93 %")).toBeDefined();
  expect(screen.queryByText("Tentative")).toBeNull();
});

test("a tentative reading is marked and says why", () => {
  const tentative = reading({ status: "tentative", reason: "The recording is short." });
  render(<ReportView report={report({ heart_rate: tentative })} scales={SCALES} />);
  expect(screen.getByText("Tentative")).toBeDefined();
  expect(screen.getByText("The recording is short.")).toBeDefined();
});

test("withheld readings show no value, and those with the same reason stand together", () => {
  const readings = {
    heart_rate: reading({}),
    sdnn: withheld("Record for at least 30 s."),
    rmssd: withheld("Record for at least 30 s."),
    oxygen_saturation: withheld("No validated calibration exists for a face video."),
  };
  render(<ReportView report={report(readings)} scales={SCALES} />);
  const section = screen.getByRole("region", { name: "Withheld this time" });
  expect(
    within(section)
      .getAllByRole("definition")
      .map((d) => d.textContent),
  ).toEqual(["No validated calibration exists for a face video.", "Record for at least 30 s."]);
  expect(within(section).getByText("Variability (SDNN), Beat-to-beat variability (RMSSD)")).toBeDefined();
  expect(screen.getAllByRole("article")).toHaveLength(1);
});

test("a report without any reading says why", () => {
  const reason = "The face left the picture; stay in front of the camera.";
  render(<ReportView report={report({ heart_rate: withheld(reason) })} scales={SCALES} />);
  expect(screen.getByRole("heading", { name: "No reading this time" })).toBeDefined();
  expect(screen.getAllByText(reason).length).toBeGreaterThan(0);
});

test("a reading that has no scale yet is shown as a plain figure", () => {
  render(<ReportView report={report({ something_new: reading({ unit: "ms", value: 41.3 }) })} scales={{}} />);
  expect(screen.getByText("Something new")).toBeDefined();
  expect(screen.getByText("41 ms")).toBeDefined();
});
