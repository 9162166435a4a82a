import { useEffect, useRef, useState } from "react";
import { stillOf } from "../live/still";
import { useTorch } from "../live/useTorch";
import type { LiveNail } from "../nails/nail";
import { useNails } from "../nails/useNails";
import { HandOver } from "./HandOver";
import { useRearCamera } from "./useRearCamera";
import { TorchSwitch } from "./TorchSwitch";

interface Props {
  /** The frames of one capture, in their order. */
  onFrames: (frames: File[]) => void;
  onClose: () => void;
}

const FRAMES = 30;
const EVERY_MS = 80;
/** Frames in which a nail must be seen; a capture that cannot reach them any more is not waited for. */
const LEAST_VALID = 10;
/** Longer edge of a frame: a nail keeps some forty pixels. */
const EDGE = 960;

/** Whether nails were seen in each frame taken so far. */
type Taken = readonly boolean[];

/**
 * The rear camera over a hand: nails are boxed as they are seen, and a hand held still is taken by itself, thirty
 * frames in two and a half seconds.
 */
export function HandCamera({ onFrames, onClose }: Props) {
  const { video, stream, ready, frame } = useRearCamera(onClose);
  const { torch, light } = useTorch(stream);
  const [taken, setTaken] = useState<Taken | null>(null);
  const [done, setDone] = useState(false);
  const [short, setShort] = useState(false);
  const [byItself, setByItself] = useState(true);
  const closed = useRef(new AbortController());
  const busy = useRef(false);
  const seen = useRef<readonly LiveNail[] | null>(null);

  useEffect(() => {
    const leaving = new AbortController();
    closed.current = leaving;
    return () => leaving.abort();
  }, []);

  const capture = async () => {
    const shown = video.current;
    if (!shown || busy.current) return;
    busy.current = true;
    setShort(false);
    const { signal } = closed.current;
    const [frames, valid]: [File[], boolean[]] = [[], []];
    const began = performance.now();
    const reachable = () => valid.filter((yes) => !yes).length <= FRAMES - LEAST_VALID;
    for (let i = 0; i < FRAMES && reachable(); i++) {
      const wait = began + i * EVERY_MS - performance.now();
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
      const file = await stillOf(shown, `hand-${String(i + 1).padStart(2, "0")}.jpg`, EDGE);
      if (signal.aborted) return;
      if (file) frames.push(file);
      // Where this browser does not look for nails itself, the server will say.
      valid.push(seen.current?.some((nail) => nail.usable) ?? true);
      setTaken([...valid]);
    }
    busy.current = false;
    setTaken(null);
    if (reachable()) {
      setDone(true);
      onFrames(frames);
    } else {
      setShort(true);
    }
  };

  const {
    watching,
    seen: hand,
    steady,
  } = useNails(video, ready ? stream : null, () => {
    if (byItself && !done) void capture();
  });
  useEffect(() => {
    seen.current = watching ? hand.nails : null;
  }, [hand, watching]);

  return (
    <section className="photo-camera" aria-label="Camera for the hand">
      {frame(<HandOver seen={hand} steady={taken || done || !byItself ? 0 : steady} />)}
      {taken && (
        <div
          className="hand-dots"
          role="progressbar"
          aria-label="Frames"
          aria-valuemax={FRAMES}
          aria-valuenow={taken.length}
        >
          {Array.from({ length: FRAMES }, (_, i) => (
            <span key={i} className={i < taken.length ? (taken[i] ? "is-on" : "is-empty") : ""} />
          ))}
        </div>
      )}
      <p className="meaning" role="status">
        {advice(watching, hand.nails, short)}
      </p>
      {watching && (
        <label className="tick">
          <input type="checkbox" checked={byItself} onChange={(e) => setByItself(e.target.checked)} />
          <span>Take the frames by itself when the hand is still</span>
        </label>
      )}
      <TorchSwitch torch={torch} onSwitch={light} />
      <div className="actions">
        <button
          type="button"
          className="button primary big"
          onClick={() => void capture()}
          disabled={!ready || taken !== null}
        >
          {done ? "Take it again" : "Take 30 frames"}
        </button>
        <button type="button" className="button big" onClick={onClose}>
          Close the camera
        </button>
      </div>
    </section>
  );
}

function advice(watching: boolean, nails: readonly LiveNail[], short: boolean): string {
  if (short) return "Nails were seen in too few frames. Lay the hand flat in even light and try again.";
  const usable = nails.filter((nail) => nail.usable).length;
  if (watching && usable > 0) return `${usable} ${usable === 1 ? "nail" : "nails"} seen. Hold still.`;
  return "Lay the hand flat, nails up, fingers together, and hold still for three seconds.";
}
