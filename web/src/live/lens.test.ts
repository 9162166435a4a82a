import fc from "fast-check";
import { expect, test } from "vitest";
import type { Finger, Progress } from "../api/types";
import { fingerGuidance } from "./fingerGuidance";
import { type Lens, lensOf, SteadyLens } from "./lens";

const covered: Finger = { covered: true, red: true, light: "good" };
const bare: Finger = { covered: false, red: false, light: "good" };

test.each<[Finger, Lens]>([
  [covered, "covered"],
  [bare, "uncovered"],
  [{ covered: true, red: false, light: "good" }, "pale"],
  [{ covered: false, red: false, light: "dark" }, "dark"],
  [{ covered: true, red: false, light: "clipped" }, "bright"],
  [{ covered: false, red: true, light: "good" }, "uncovered"],
])("%o is %s", (finger, lens) => {
  expect(lensOf(finger)).toBe(lens);
});

test("what is shown has lasted five pictures, and stays until something else has", () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { maxLength: 60 }), (pictures) => {
      const steady = new SteadyLens();
      let shown: Lens | null = null;
      pictures.forEach((isCovered, i) => {
        const now = isCovered ? "covered" : "uncovered";
        const last = pictures.slice(Math.max(0, i - 4), i + 1);
        if (last.length === 5 && last.every((before) => before === isCovered)) shown = now;
        expect(steady.see(isCovered ? covered : bare)).toBe(shown);
      });
    }),
  );
});

function progress(guidance: string | null, rate: number | null): Progress {
  return { guidance, readings: { heart_rate: { value: rate } } } as unknown as Progress;
}

test("the lens comes first, then what the server asks for, then that all is well", () => {
  const faint = "Press more lightly.";
  expect(fingerGuidance("measuring", "uncovered", progress(faint, 70))).toContain("Cover the lens");
  expect(fingerGuidance("measuring", "dark", null)).toContain("lamp");
  expect(fingerGuidance("measuring", "bright", null)).toContain("Too bright");
  expect(fingerGuidance("measuring", "covered", progress(faint, null))).toBe(faint);
  expect(fingerGuidance("measuring", "covered", progress(null, 70))).toContain("Good.");
  expect(fingerGuidance("measuring", "covered", null)).toContain("Looking for your pulse");
});

test("a field without red is asked about only while no pulse is found in it", () => {
  expect(fingerGuidance("measuring", "pale", progress(null, null))).toContain("red");
  expect(fingerGuidance("measuring", "pale", progress(null, 70))).toContain("Good.");
});
