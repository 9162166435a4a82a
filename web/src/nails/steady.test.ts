import { expect, test } from "vitest";
import type { LiveNail } from "./nail";
import { Steadiness } from "./steady";

function hand(shift = 0, count = 3): LiveNail[] {
  return Array.from({ length: count }, (_, k) => ({
    box: [0.3 + shift, 0.2 + 0.2 * k, 0.4 + shift, 0.3 + 0.2 * k] as const,
    usable: true,
  }));
}

test("a hand that stays where it is becomes steady after a little more than a second", () => {
  const steadiness = new Steadiness();
  const shares = Array.from({ length: 20 }, (_, i) => steadiness.step(hand(0.002 * (i % 2)), 0.1 * i));
  expect(shares[1]).toBe(0);
  expect(shares[7]).toBeCloseTo(0.5, 1);
  expect(shares.at(-1)).toBe(1);
});

test("a hand that moves, leaves or shows one nail only starts anew", () => {
  const steadiness = new Steadiness();
  for (let i = 0; i < 10; i++) steadiness.step(hand(), 0.1 * i);
  expect(steadiness.step(hand(0.08), 1.0)).toBe(0);
  for (let i = 11; i < 20; i++) steadiness.step(hand(0.08), 0.1 * i);
  expect(steadiness.step([], 2.0)).toBe(0);
  for (let i = 21; i < 40; i++) expect(steadiness.step(hand(0, 1), 0.1 * i)).toBe(0);
});

test("nails that cannot be read do not count", () => {
  const steadiness = new Steadiness();
  const flawed = hand().map((nail) => ({ ...nail, usable: false }));
  for (let i = 0; i < 30; i++) expect(steadiness.step(flawed, 0.1 * i)).toBe(0);
});
