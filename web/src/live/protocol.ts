import type { ServerEvent } from "../api/types";

const HEADER_BYTES = 8;

/** One binary message: the capture time in seconds as a little-endian float64, then the picture. */
export function encodeFrame(captureTime: number, picture: ArrayBuffer): ArrayBuffer {
  const message = new ArrayBuffer(HEADER_BYTES + picture.byteLength);
  new DataView(message).setFloat64(0, captureTime, true);
  new Uint8Array(message, HEADER_BYTES).set(new Uint8Array(picture));
  return message;
}

const EVENTS = new Set(["ready", "frame", "progress", "report", "cancelled", "error"]);

/** The event a text message carries; null for one this page does not know, so that a newer server stays usable. */
export function parseEvent(text: string): ServerEvent | null {
  let event: unknown;
  try {
    event = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof event !== "object" || event === null || !("type" in event)) return null;
  return EVENTS.has(String(event.type)) ? (event as ServerEvent) : null;
}

/** Where the live socket of this page's own server is. */
export function liveAddress(page: Location): string {
  return `${page.protocol === "https:" ? "wss" : "ws"}://${page.host}/api/live`;
}
