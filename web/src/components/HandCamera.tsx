import { useEffect, useRef, useState } from "react";
import { stillOf } from "../live/still";
import { useTorch } from "../live/useTorch";
import { useRearCamera } from "./useRearCamera";
import { TorchSwitch } from "./TorchSwitch";

interface Props {
  /** The frames of one capture, in their order. */
  onFrames: (frames: File[]) => void;
  onClose: () => void;
}

const FRAMES = 30;
const EVERY_MS = 80;
/** Longer edge of a frame: a nail keeps some forty pixels. */
const EDGE = 960;

/** The rear camera over a hand: thirty frames in two and a half seconds, with an outline to lay the fingers in. */
export function HandCamera({ onFrames, onClose }: Props) {
  const { video, stream, ready, frame } = useRearCamera(onClose);
  const { torch, light } = useTorch(stream);
  const [taken, setTaken] = useState<number | null>(null);
  const [done, setDone] = useState(false);
  const closed = useRef(new AbortController());

  useEffect(() => {
    const leaving = new AbortController();
    closed.current = leaving;
    return () => leaving.abort();
  }, []);

  const capture = async () => {
    const shown = video.current;
    if (!shown) return;
    const { signal } = closed.current;
    const frames: File[] = [];
    const began = performance.now();
    for (let i = 0; i < FRAMES; i++) {
      const wait = began + i * EVERY_MS - performance.now();
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
      const file = await stillOf(shown, `hand-${String(i + 1).padStart(2, "0")}.jpg`, EDGE);
      if (signal.aborted) return;
      if (file) frames.push(file);
      setTaken(i + 1);
    }
    setTaken(null);
    setDone(true);
    onFrames(frames);
  };

  return (
    <section className="photo-camera" aria-label="Camera for the hand">
      {frame(<HandOutline />)}
      {taken !== null && (
        <div
          className="hand-dots"
          role="progressbar"
          aria-label="Frames"
          aria-valuemax={FRAMES}
          aria-valuenow={taken}
        >
          {Array.from({ length: FRAMES }, (_, i) => (
            <span key={i} className={i < taken ? "is-on" : ""} />
          ))}
        </div>
      )}
      <p className="meaning">
        Lay the hand flat, nails up, fingers together, and hold still for three seconds.
      </p>
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

/** Where three fingers go. */
function HandOutline() {
  return (
    <svg className="hand-outline" viewBox="0 0 160 120" aria-hidden="true">
      {[0, 1, 2].map((k) => (
        <path key={k} d={`M150 ${30 + 26 * k}H${62 - 8 * (k % 2)}a12 12 0 0 0 0 24H150`} />
      ))}
    </svg>
  );
}
