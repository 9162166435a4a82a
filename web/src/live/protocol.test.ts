import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encodeFrame, liveAddress, parseEvent } from "./protocol";

describe("a frame message", () => {
  test("is the capture time as little-endian float64 and then the picture", () => {
    const message = new Uint8Array(encodeFrame(1.5, new Uint8Array([0xff, 0xd8, 7]).buffer));
    expect([...message]).toEqual([0, 0, 0, 0, 0, 0, 0xf8, 0x3f, 0xff, 0xd8, 7]);
  });

  test("carries any time and any bytes unchanged", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true }), fc.uint8Array({ maxLength: 64 }), (time, bytes) => {
        const message = encodeFrame(time, bytes.slice().buffer);
        expect(new DataView(message).getFloat64(0, true)).toBe(time);
        expect([...new Uint8Array(message, 8)]).toEqual([...bytes]);
      }),
    );
  });
});

describe("a server event", () => {
  test("is read by its type", () => {
    expect(parseEvent('{"type":"ready","seconds":30,"max_in_flight":8}')).toEqual({
      type: "ready",
      seconds: 30,
      max_in_flight: 8,
    });
  });

  test("of an unknown kind, or text that is no event, is passed over and never throws", () => {
    expect(parseEvent('{"type":"weather"}')).toBeNull();
    expect(parseEvent('{"type":"constructor"}')).toBeNull();
    expect(parseEvent("null")).toBeNull();
    expect(parseEvent("[1]")).toBeNull();
    fc.assert(fc.property(fc.string(), (text) => parseEvent(text) === null));
  });
});

test("the socket has the page's own host and is encrypted when the page is", () => {
  expect(liveAddress(new URL("http://localhost:8000/#/") as unknown as Location)).toBe(
    "ws://localhost:8000/api/live",
  );
  expect(liveAddress(new URL("https://a.example/") as unknown as Location)).toBe("wss://a.example/api/live");
});
