import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { roomForAllZones, type Scale } from "./bands";
import { angleOf, arcPath, arcsOf, pointAt, START, SWEEP, zoneOf } from "./dialGeometry";

const HEART: Scale = {
  title: "Heart rate",
  min: 40,
  max: 140,
  zones: [
    { upTo: 60, label: "low", tone: "caution" },
    { upTo: 100, label: "normal", tone: "good" },
    { upTo: null, label: "high", tone: "caution" },
  ],
};

const number = fc.integer({ min: -100_000, max: 100_000 }).map((n) => n / 100);

const anyScale = fc
  .record({
    borders: fc.uniqueArray(fc.integer({ min: -500, max: 500 }), { minLength: 0, maxLength: 6 }),
    min: number,
    max: number,
  })
  .map(({ borders, min, max }) => {
    const sorted = borders.sort((a, b) => a - b);
    const zones = [...sorted, null].map((upTo, i) => ({ upTo, label: `zone ${i}`, tone: "good" as const }));
    return roomForAllZones({ title: "", min, max, zones });
  });

describe("the dial", () => {
  test("the needle stands inside the arc of the zone whose label is shown", () => {
    fc.assert(
      fc.property(anyScale, fc.oneof(number, fc.integer({ min: -500, max: 500 })), (scale, value) => {
        const label = zoneOf(scale, value).label;
        const arc = arcsOf(scale).find((a) => a.zone.label === label);
        const angle = angleOf(scale, value);
        expect(arc).toBeDefined();
        expect(angle).toBeGreaterThanOrEqual((arc?.from ?? 999) - 1e-9);
        expect(angle).toBeLessThanOrEqual((arc?.to ?? -999) + 1e-9);
      }),
    );
  });

  test("the arcs cover the whole sweep, in order, without gap or overlap", () => {
    fc.assert(
      fc.property(anyScale, (scale) => {
        const arcs = arcsOf(scale);
        expect(arcs).toHaveLength(scale.zones.length);
        let at = START;
        for (const arc of arcs) {
          expect(arc.from).toBeCloseTo(at, 9);
          expect(arc.to).toBeGreaterThan(arc.from);
          at = arc.to;
        }
        expect(at).toBeCloseTo(START + SWEEP, 9);
      }),
    );
  });

  test("a larger value never turns the needle back", () => {
    fc.assert(
      fc.property(anyScale, number, number, (scale, a, b) => {
        expect(angleOf(scale, Math.max(a, b))).toBeGreaterThanOrEqual(angleOf(scale, Math.min(a, b)));
      }),
    );
  });

  test("a value on a border belongs to the zone above it", () => {
    expect(zoneOf(HEART, 59.99).label).toBe("low");
    expect(zoneOf(HEART, 60).label).toBe("normal");
    expect(zoneOf(HEART, 100).label).toBe("high");
  });

  test("values beyond the ends stand at the ends", () => {
    expect(angleOf(HEART, 10)).toBe(START);
    expect(angleOf(HEART, 90)).toBeCloseTo(0);
    expect(angleOf(HEART, 300)).toBe(START + SWEEP);
  });

  test("straight up is up and a quarter turn is right", () => {
    expect(pointAt(0, 10, { x: 50, y: 50 })).toEqual([50, 40]);
    const [x, y] = pointAt(90, 10, { x: 50, y: 50 });
    expect(x).toBeCloseTo(60);
    expect(y).toBeCloseTo(50);
    expect(arcPath(-90, 90, 10, { x: 50, y: 50 })).toBe("M40.00 50.00A10 10 0 0 1 60.00 50.00");
    expect(arcPath(-115, 115, 10, { x: 50, y: 50 })).toContain(" 1 1 ");
  });
});
