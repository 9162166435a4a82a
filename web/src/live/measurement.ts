import type { Face, Finger, Kind, Progress, Report } from "../api/types";
import { Backpressure } from "./backpressure";
import { encodeFrame, parseEvent } from "./protocol";

/** Where pictures come from. */
export interface FrameSource {
  /** Calls back with the capture time of each new picture until the returned function is called. */
  watch(onFrame: (captureTime: number) => void): () => void;
  /** The present picture as a JPEG or PNG; null when there is none. */
  grab(): Promise<ArrayBuffer | null>;
}

export type Outcome =
  | { kind: "report"; id: string; report: Report }
  | { kind: "cancelled" }
  /** `reason` is one sentence for the person. */
  | { kind: "problem"; reason: string };

export interface Listeners {
  onReady?: () => void;
  onFace?: (face: Face | null) => void;
  onFinger?: (finger: Finger) => void;
  onProgress?: (progress: Progress) => void;
  onEnd: (outcome: Outcome) => void;
}

export const REASONS = {
  hidden: "The page was hidden, and a hidden page gets no camera pictures. Keep it in front while measuring.",
  lost: "The connection to the server was lost. Check that the server is running, then try again.",
  unreachable: "The server cannot be reached. Check that it is running, then try again.",
  noPictures: "The camera stopped giving pictures. Check that it is still connected, then try again.",
  silent: "The server stopped answering. Try again in a moment.",
} as const;

const PATIENCE_MS = { pictures: 5_000, server: 20_000 };

/**
 * One live measurement over one socket: pictures out, events in, one outcome.
 *
 * It ends exactly once, by a report, a cancel, or a problem; after that it sends nothing and calls nobody.
 */
export class LiveMeasurement {
  /** Whether the last picture had to be left out: what else the page does with pictures should wait. */
  behind = false;
  private readonly socket: WebSocket;
  private backpressure: Backpressure | null = null;
  private stopWatching: (() => void) | null = null;
  private sending: Promise<void> = Promise.resolve();
  private finishing = false;
  private ended = false;
  private opened = false;
  private lastPicture = 0;
  private lastAnswer = 0;
  private readonly watchdog: ReturnType<typeof setInterval>;

  constructor(
    address: string,
    private readonly source: FrameSource,
    seconds: number,
    private readonly listeners: Listeners,
    kind: Kind = "face",
  ) {
    this.lastAnswer = performance.now();
    this.socket = new WebSocket(address);
    this.socket.binaryType = "arraybuffer";
    this.socket.onopen = () => {
      this.opened = true;
      this.socket.send(JSON.stringify({ type: "start", seconds, kind }));
    };
    this.socket.onmessage = (message) => this.hear(String(message.data));
    this.socket.onclose = () => this.fail(this.opened ? REASONS.lost : REASONS.unreachable);
    document.addEventListener("visibilitychange", this.onVisibility);
    this.watchdog = setInterval(this.check, 1_000);
  }

  /** Finish now and give the report of what was recorded. */
  stop(): void {
    if (this.ended || this.finishing) return;
    if (!this.backpressure) {
      this.cancel();
      return;
    }
    this.finishing = true;
    this.stopWatching?.();
    // Pictures already on their way through the encoder belong to the recording.
    void this.sending.then(() => this.say({ type: "stop" }));
    this.lastAnswer = performance.now();
  }

  /** Forget everything. */
  cancel(): void {
    this.say({ type: "cancel" });
    this.end({ kind: "cancelled" });
  }

  /** End with a reason found on this side, for example a camera that was unplugged. */
  fail(reason: string): void {
    this.end({ kind: "problem", reason });
  }

  private hear(text: string): void {
    const event = parseEvent(text);
    if (!event || this.ended) return;
    this.lastAnswer = performance.now();
    switch (event.type) {
      case "ready":
        this.begin(event.max_in_flight);
        break;
      case "frame":
        this.backpressure?.release();
        this.listeners.onFace?.(event.face);
        if (event.finger) this.listeners.onFinger?.(event.finger);
        break;
      case "progress":
        this.listeners.onProgress?.(event);
        break;
      case "report":
        this.end({ kind: "report", id: event.id, report: event.report });
        break;
      case "cancelled":
        this.end({ kind: "cancelled" });
        break;
      case "error":
        if (event.fatal) this.fail(event.reason);
        break;
    }
  }

  private begin(maxInFlight: number): void {
    this.backpressure = new Backpressure(maxInFlight);
    this.lastPicture = performance.now();
    this.stopWatching = this.source.watch(this.onPicture);
    this.listeners.onReady?.();
  }

  private readonly onPicture = (captureTime: number): void => {
    this.lastPicture = performance.now();
    const places = this.backpressure;
    this.behind = places?.tryTake() === false;
    if (!places || this.behind) return;
    const grabbed = this.source.grab().catch(() => null);
    // One after the other, so that pictures leave in the order of their capture.
    this.sending = this.sending.then(async () => {
      const picture = await grabbed;
      if (picture && this.socket.readyState === WebSocket.OPEN && !this.ended) {
        this.socket.send(encodeFrame(captureTime, picture));
      } else {
        places.release();
      }
    });
  };

  private readonly onVisibility = (): void => {
    if (document.visibilityState !== "hidden" || this.finishing) return;
    this.say({ type: "cancel" });
    this.fail(REASONS.hidden);
  };

  private readonly check = (): void => {
    const now = performance.now();
    if (now - this.lastAnswer > PATIENCE_MS.server) this.fail(REASONS.silent);
    else if (this.backpressure && !this.finishing && now - this.lastPicture > PATIENCE_MS.pictures) {
      this.fail(REASONS.noPictures);
    }
  };

  private say(message: { type: "stop" | "cancel" }): void {
    if (this.socket.readyState === WebSocket.OPEN && !this.ended) this.socket.send(JSON.stringify(message));
  }

  private end(outcome: Outcome): void {
    if (this.ended) return;
    this.ended = true;
    this.stopWatching?.();
    clearInterval(this.watchdog);
    document.removeEventListener("visibilitychange", this.onVisibility);
    this.socket.onclose = null;
    this.socket.close();
    this.listeners.onEnd(outcome);
  }
}
