import { expect, test } from "vitest";
import { hasZones, scalesFromWire } from "./bands";

test("the server's bands become scales whose colours are the page's own tones", () => {
  const { heart_rate: scale } = scalesFromWire({
    heart_rate: {
      title: "Heart rate",
      digits: 0,
      low: 40,
      high: 200,
      zones: [
        { upper: 60, label: "low", colour: "yellow" },
        { upper: 100, label: "normal", colour: "green" },
        { upper: null, label: "high", colour: "a new colour" },
      ],
    },
  });
  expect(scale).toEqual({
    title: "Heart rate",
    digits: 0,
    min: 40,
    max: 200,
    zones: [
      { upTo: 60, label: "Low", tone: "caution" },
      { upTo: 100, label: "Normal", tone: "good" },
      { upTo: null, label: "High", tone: "neutral" },
    ],
  });
});

test("a scale without limits has no dial", () => {
  const zones = [{ upper: null, label: "no band", colour: "grey" }];
  const scales = scalesFromWire({ rmssd: { title: "Variability (RMSSD)", low: 0, high: 120, zones } });
  expect(hasZones(scales.rmssd)).toBe(false);
  expect(hasZones(scales.unheard_of)).toBe(false);
});
