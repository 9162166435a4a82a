import { useEffect, useRef, useState } from "react";
import { openPhotoCamera } from "../live/camera";
import { useCamera } from "../live/useCamera";
import { usePlaying } from "../live/usePlaying";
import { useTorch } from "../live/useTorch";
import { CameraProblemNotice } from "./CameraProblemNotice";
import { TorchSwitch } from "./TorchSwitch";

interface Props {
  /** The frames of one capture, in their order. */
  onFrames: (frames: File[]) => void;
  onClose: () => void;
}

const FRAMES = 30;
const EVERY_MS = 80;
const QUALITY = 0.95;
/** Longer edge of a frame: a nail keeps some forty pixels. */
const EDGE = 960;

/** The rear camera over a hand: thirty frames in two and a half seconds, with an outline to lay the fingers in. */
export function HandCamera({ onFrames, onClose }: Props) {
  const video = useRef<HTMLVideoElement>(null);
  const [ready, setReady] = useState(false);
  const [taken, setTaken] = useState<number | null>(null);
  const [done, setDone] = useState(false);
  const { camera, turnOn } = useCamera(onClose, openPhotoCamera);
  const stream = camera.state === "on" ? camera.stream : null;
  const { torch, light } = useTorch(stream);
  const closed = useRef(new AbortController());
  usePlaying(video, stream);

  useEffect(() => {
    const leaving = new AbortController();
    closed.current = leaving;
    return () => leaving.abort();
  }, []);

  const capture = async () => {
    const shown = video.current;
    if (!shown?.videoWidth) return;
    const { signal } = closed.current;
    const canvas = document.createElement("canvas");
    const scale = Math.min(1, EDGE / Math.max(shown.videoWidth, shown.videoHeight));
    canvas.width = Math.round(shown.videoWidth * scale);
    canvas.height = Math.round(shown.videoHeight * scale);
    const frames: File[] = [];
    const began = performance.now();
    for (let i = 0; i < FRAMES; i++) {
      const wait = began + i * EVERY_MS - performance.now();
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
      canvas.getContext("2d")?.drawImage(shown, 0, 0, canvas.width, canvas.height);
      const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
      if (signal.aborted) return;
      if (blob)
        frames.push(new File([blob], `hand-${String(i + 1).padStart(2, "0")}.jpg`, { type: "image/jpeg" }));
      setTaken(i + 1);
    }
    setTaken(null);
    setDone(true);
    onFrames(frames);
  };

  return (
    <section className="photo-camera" aria-label="Camera for the hand">
      <div className="stage">
        <video
          ref={video}
          muted
          playsInline
          aria-label="The camera's picture"
          hidden={camera.state !== "on"}
          onLoadedData={() => setReady(true)}
        />
        {camera.state === "on" && <HandOutline />}
        {camera.state === "problem" && <CameraProblemNotice problem={camera.problem} onRetry={turnOn} />}
        {camera.state === "off" && (
          <button type="button" className="button primary" onClick={turnOn}>
            Turn on the camera
          </button>
        )}
      </div>
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
          disabled={camera.state !== "on" || !ready || taken !== null}
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
