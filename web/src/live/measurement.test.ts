import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type WebSocket as Peer, WebSocketServer } from "ws";
import type { Finger } from "../api/types";
import { type FrameSource, LiveMeasurement, type Outcome, REASONS } from "./measurement";

/** A camera whose pictures come when the test says so. */
class ManualFrames implements FrameSource {
  private onFrame: ((time: number) => void) | null = null;
  watching = false;

  watch(onFrame: (time: number) => void): () => void {
    this.onFrame = onFrame;
    this.watching = true;
    return () => {
      this.watching = false;
      this.onFrame = null;
    };
  }

  show(time: number): void {
    this.onFrame?.(time);
  }

  grab(): Promise<ArrayBuffer | null> {
    return Promise.resolve(new Uint8Array([1, 2, 3]).buffer);
  }
}

let server: WebSocketServer;
let address: string;

beforeEach(async () => {
  server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  await once(server, "listening");
  address = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/api/live`;
});

afterEach(() => {
  for (const peer of server.clients) peer.terminate();
  server.close();
});

/** The server's end of the next connection and the messages that come over it. */
interface Connection {
  peer: Peer;
  next: () => Promise<Buffer>;
  say: (event: object) => void;
}

function peerOf(): Promise<Connection> {
  const come: Buffer[] = [];
  const waiting: ((data: Buffer) => void)[] = [];
  const next = () => {
    const early = come.shift();
    return early ? Promise.resolve(early) : new Promise<Buffer>((resolve) => waiting.push(resolve));
  };
  return new Promise((resolve) => {
    server.once("connection", (peer) => {
      // At once: the first message may come in the same turn as the connection.
      peer.on("message", (data) => {
        const message = data as Buffer;
        const taker = waiting.shift();
        if (taker) taker(message);
        else come.push(message);
      });
      resolve({ peer, next, say: (event) => peer.send(JSON.stringify(event)) });
    });
  });
}

interface Heard {
  ready: Promise<void>;
  end: Promise<Outcome>;
}

function begin(source: FrameSource): { live: LiveMeasurement; heard: Heard; answers: () => Promise<void> } {
  let isReady = () => {};
  let isOver: (outcome: Outcome) => void = () => {};
  let answered = () => {};
  const heard = {
    ready: new Promise<void>((resolve) => {
      isReady = resolve;
    }),
    end: new Promise<Outcome>((resolve) => {
      isOver = resolve;
    }),
  };
  const live = new LiveMeasurement(address, source, 30, {
    onReady: () => isReady(),
    onEnd: (outcome) => isOver(outcome),
    onFace: () => answered(),
  });
  const answers = () =>
    new Promise<void>((resolve) => {
      answered = resolve;
    });
  return { live, heard, answers };
}

describe("a live measurement", () => {
  test("starts, sends timed pictures within the allowance, stops, and ends with the report", async () => {
    const source = new ManualFrames();
    const connected = peerOf();
    const { live, heard, answers } = begin(source);
    const { next, say } = await connected;
    expect(JSON.parse(String(await next()))).toEqual({ type: "start", seconds: 30, kind: "face" });

    say({ type: "ready", seconds: 30, max_in_flight: 2 });
    await heard.ready;
    for (const time of [10, 10.03]) source.show(time);
    expect(live.behind).toBe(false);
    for (const time of [10.07, 10.1]) source.show(time);
    expect(live.behind).toBe(true);
    expect((await next()).readDoubleLE(0)).toBe(10);
    expect((await next()).readDoubleLE(0)).toBe(10.03);

    const seen = answers();
    say({ type: "frame", time_s: 10, skipped: false, face: null });
    await seen;
    source.show(10.13);
    expect(live.behind).toBe(false);
    const third = await next();
    expect(third.readDoubleLE(0)).toBe(10.13);
    expect([...third.subarray(8)]).toEqual([1, 2, 3]);

    live.stop();
    expect(source.watching).toBe(false);
    expect(JSON.parse(String(await next()))).toEqual({ type: "stop" });
    say({ type: "report", id: "abc", report: { readings: {} } });
    expect(await heard.end).toMatchObject({ kind: "report", id: "abc" });
  });

  test("asks for a fingertip and hears how the lens lies", async () => {
    const connected = peerOf();
    const seen: Finger[] = [];
    let progressed = () => {};
    const told = new Promise<void>((resolve) => {
      progressed = resolve;
    });
    const live = new LiveMeasurement(
      address,
      new ManualFrames(),
      60,
      { onEnd: () => {}, onFinger: (finger) => seen.push(finger), onProgress: () => progressed() },
      "finger",
    );
    const { next, say } = await connected;
    expect(JSON.parse(String(await next()))).toEqual({ type: "start", seconds: 60, kind: "finger" });
    const finger: Finger = { covered: true, red: true, light: "good" };
    say({ type: "frame", time_s: 10, skipped: true, face: null, finger: null });
    say({ type: "frame", time_s: 10, skipped: false, face: null, finger });
    say({ type: "progress" });
    await told;
    expect(seen).toEqual([finger]);
    live.cancel();
  });

  test("a lost connection ends it with a reason", async () => {
    const source = new ManualFrames();
    const connected = peerOf();
    const { heard } = begin(source);
    const { peer, say } = await connected;
    say({ type: "ready", seconds: 30, max_in_flight: 2 });
    await heard.ready;
    peer.terminate();
    expect(await heard.end).toEqual({ kind: "problem", reason: REASONS.lost });
    expect(source.watching).toBe(false);
  });

  test("a server that is not there is told apart from one that was lost", async () => {
    server.close();
    await once(server, "close");
    const { heard } = begin(new ManualFrames());
    expect(await heard.end).toEqual({ kind: "problem", reason: REASONS.unreachable });
  });

  test("a hidden page lets go of the server and says why", async () => {
    const connected = peerOf();
    const { heard } = begin(new ManualFrames());
    const { peer, next, say } = await connected;
    await next();
    say({ type: "ready", seconds: 30, max_in_flight: 2 });
    await heard.ready;
    Object.defineProperty(document, "visibilityState", { value: "hidden", configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
    Reflect.deleteProperty(document, "visibilityState");
    expect(await heard.end).toEqual({ kind: "problem", reason: REASONS.hidden });
    await once(peer, "close");
  });

  test("an error ends it only when it is fatal", async () => {
    const connected = peerOf();
    const { heard } = begin(new ManualFrames());
    const { say } = await connected;
    say({ type: "error", reason: "That message was ignored.", fatal: false });
    say({ type: "error", reason: "The server is busy.", fatal: true });
    expect(await heard.end).toEqual({ kind: "problem", reason: "The server is busy." });
  });

  test("cancel ends it at once and lets go of the server", async () => {
    const connected = peerOf();
    const { live, heard } = begin(new ManualFrames());
    const { peer, next, say } = await connected;
    await next();
    say({ type: "ready", seconds: 30, max_in_flight: 2 });
    await heard.ready;
    live.cancel();
    expect(await heard.end).toEqual({ kind: "cancelled" });
    await once(peer, "close");
  });
});
