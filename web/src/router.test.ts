import fc from "fast-check";
import { expect, test } from "vitest";
import { addressOf, parseRoute, type Route } from "./router";

test("every screen is found again by its address", () => {
  const routes: fc.Arbitrary<Route> = fc.oneof(
    fc.constantFrom<Route>(
      { screen: "measure" },
      { screen: "finger" },
      { screen: "upload" },
      { screen: "history" },
    ),
    fc.string({ minLength: 1, unit: "grapheme" }).map((id): Route => ({ screen: "result", id })),
  );
  fc.assert(
    fc.property(routes, (route) => {
      expect(parseRoute(addressOf(route))).toEqual(route);
    }),
  );
});

test("an unknown or broken address leads to the start", () => {
  for (const hash of ["", "#", "#/nowhere", "#/result", "#/result/%E0%A4%A"]) {
    expect(parseRoute(hash)).toEqual({ screen: "measure" });
  }
});
