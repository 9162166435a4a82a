// @vitest-environment node
import { expect, test } from "vitest";
import { OneEuro } from "./smoothing";

test("the first values pass, and what stands still stays", () => {
  const filter = new OneEuro(1.5, 20);
  expect(filter.step(Float64Array.of(3, 4), 0, 100)).toEqual(Float64Array.of(3, 4));
  expect(filter.step(Float64Array.of(3, 4), 0.1, 100)).toEqual(Float64Array.of(3, 4));
});

test("a step is followed by the share that the paper's formula gives", () => {
  const [minCutoff, beta, dt, size] = [1.5, 20, 0.1, 50];
  const filter = new OneEuro(minCutoff, beta, 1);
  filter.step(Float64Array.of(0), 0, size);
  const speed = (1 - Math.exp(-2 * Math.PI * dt)) * (10 / (dt * size));
  const share = 1 - Math.exp(-2 * Math.PI * (minCutoff + beta * speed) * dt);
  expect(filter.step(Float64Array.of(10), dt, size)[0]).toBeCloseTo(10 * share, 12);
});

test("after a reset the next values pass", () => {
  const filter = new OneEuro(0.1, 0);
  filter.step(Float64Array.of(0), 0, 1);
  filter.reset();
  expect(filter.step(Float64Array.of(7), 0.1, 1)[0]).toBe(7);
});
