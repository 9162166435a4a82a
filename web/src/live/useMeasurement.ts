import { useCallback, useEffect, useRef, useState } from "react";
import type { Face, Kind, Progress } from "../api/types";
import { type Lens, SteadyLens } from "./lens";
import { type FrameSource, type Listeners, LiveMeasurement, type Outcome } from "./measurement";
import { liveAddress } from "./protocol";

export type Phase = "idle" | "connecting" | "measuring" | "finishing";

interface Live {
  phase: Phase;
  progress: Progress | null;
  faceSeen: boolean;
  /** What is seen of a fingertip on the lens; null before its first pictures. */
  lens: Lens | null;
  start: (source: FrameSource, seconds: number, kind?: Kind) => void;
  stop: () => void;
  cancel: () => void;
  fail: (reason: string) => void;
  /** Whether the measurement is at the limit of what it can send. */
  behind: () => boolean;
}

/** One live measurement at a time, as state for a screen. Leaving the screen cancels it. */
export function useMeasurement(onFace: (face: Face | null) => void, onEnd: (outcome: Outcome) => void): Live {
  const [phase, setPhase] = useState<Phase>("idle");
  const [progress, setProgress] = useState<Progress | null>(null);
  const [faceSeen, setFaceSeen] = useState(false);
  const [lens, setLens] = useState<Lens | null>(null);
  const running = useRef<LiveMeasurement | null>(null);
  const listeners = useRef({ onFace, onEnd });
  useEffect(() => {
    listeners.current = { onFace, onEnd };
  }, [onFace, onEnd]);

  const start = useCallback((source: FrameSource, seconds: number, kind: Kind = "face") => {
    if (running.current) return;
    setPhase("connecting");
    setProgress(null);
    setFaceSeen(false);
    setLens(null);
    const steady = new SteadyLens();
    const heard: Listeners = {
      onReady: () => setPhase("measuring"),
      onFace: (face) => {
        setFaceSeen(face !== null);
        listeners.current.onFace(face);
      },
      onFinger: (finger) => setLens(steady.see(finger)),
      onProgress: setProgress,
      onEnd: (outcome) => {
        running.current = null;
        setPhase("idle");
        listeners.current.onFace(null);
        listeners.current.onEnd(outcome);
      },
    };
    running.current = new LiveMeasurement(liveAddress(window.location), source, seconds, heard, kind);
  }, []);

  const stop = useCallback(() => {
    setPhase((now) => (now === "measuring" ? "finishing" : now));
    running.current?.stop();
  }, []);
  const cancel = useCallback(() => running.current?.cancel(), []);
  const fail = useCallback((reason: string) => running.current?.fail(reason), []);

  const behind = useCallback(() => running.current?.behind ?? false, []);

  useEffect(() => {
    return () => {
      listeners.current = { onFace: () => {}, onEnd: () => {} };
      running.current?.cancel();
    };
  }, []);

  return { phase, progress, faceSeen, lens, start, stop, cancel, fail, behind };
}
