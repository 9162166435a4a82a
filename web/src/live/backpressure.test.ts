import fc from "fast-check";
import { expect, test } from "vitest";
import { Backpressure } from "./backpressure";

test("never more than the limit is under way, and every frame is either sent or dropped", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 10 }), fc.array(fc.boolean()), (limit, steps) => {
      const places = new Backpressure(limit);
      let frames = 0;
      let model = 0;
      for (const isFrame of steps) {
        if (isFrame) {
          frames += 1;
          const taken = places.tryTake();
          expect(taken).toBe(model < limit);
          if (taken) model += 1;
        } else {
          places.release();
          model = Math.max(0, model - 1);
        }
        expect(places.inFlight).toBe(model);
        expect(places.inFlight).toBeLessThanOrEqual(limit);
      }
      expect(places.sent + places.dropped).toBe(frames);
    }),
  );
});

test("a limit that would let nothing through is refused", () => {
  expect(() => new Backpressure(0)).toThrow(RangeError);
  expect(() => new Backpressure(Number.NaN)).toThrow(RangeError);
});
