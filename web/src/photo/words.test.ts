import fc from "fast-check";
import { expect, test } from "vitest";
import { finding, photoReport } from "./made";
import { isPhoto, outcomeOf, ranked, share, summaryOf } from "./words";

test("classes stand in the order of their probabilities", () => {
  expect(ranked(finding()).map(([name]) => name)).toEqual(["nv", "mel"]);
});

test("a probability never reads as certainty", () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (p) => {
      expect(["0 %", "100 %"]).not.toContain(share(p));
    }),
  );
  expect([share(1), share(0), share(0.126)]).toEqual(["over 99 %", "under 1 %", "13 %"]);
});

test("a list shows the answer only where there is one", () => {
  expect(outcomeOf(finding())).toBe("Mole");
  expect(outcomeOf(finding({ status: "unsure", top: null }))).toBe("Not sure");
  expect(outcomeOf(finding({ status: "rejected", top: null, probabilities: {} }))).toBe("Not judged");
  expect(summaryOf(photoReport())).toBe("Skin lesion: Mole");
});

test("reports of photos are told from those of videos", () => {
  expect(isPhoto(photoReport())).toBe(true);
  expect(isPhoto(photoReport({ findings: {}, picture: null }))).toBe(false);
});
