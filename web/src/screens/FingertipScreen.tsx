import { useEffect, useRef, useState } from "react";
import { CameraProblemNotice } from "../components/CameraProblemNotice";
import { CountdownRing } from "../components/CountdownRing";
import { type Choice, Duration } from "../components/Duration";
import { LensStage } from "../components/LensStage";
import { LivePanel } from "../components/LivePanel";
import { MeasureTabs } from "../components/MeasureTabs";
import { Stopped } from "../components/Stopped";
import { TorchSwitch } from "../components/TorchSwitch";
import { openRearCamera } from "../live/camera";
import { fingerGuidance } from "../live/fingerGuidance";
import { CameraFrames, FINGERTIP_PICTURE } from "../live/frames";
import { REASONS } from "../live/measurement";
import { useAwake } from "../live/useAwake";
import { useCamera } from "../live/useCamera";
import { useMeasurement } from "../live/useMeasurement";
import { type Torch, useTorch } from "../live/useTorch";
import { rememberMeasurement } from "../reading/recent";
import { go } from "../router";

// Oxygen is read as a change from the first of two minutes.
const CHOICES: Choice[] = [
  { seconds: 30, hint: "heart rate" },
  { seconds: 60, hint: "and variability" },
  { seconds: 120, hint: "and oxygen" },
];
const noFace = () => {};

/** A fingertip over the lens and the lamp of the rear camera. */
export function FingertipScreen() {
  const [seconds, setSeconds] = useState(30);
  const [reason, setReason] = useState<string | null>(null);
  const [over, setOver] = useState(0);
  const video = useRef<HTMLVideoElement>(null);

  const live = useMeasurement(noFace, (outcome) => {
    setOver((n) => n + 1);
    if (outcome.kind === "problem") setReason(outcome.reason);
    if (outcome.kind === "report") {
      rememberMeasurement(outcome.id, outcome.report);
      go({ screen: "result", id: outcome.id });
    }
  });
  const { camera, turnOn, turnOff } = useCamera(() => live.fail(REASONS.noPictures), openRearCamera);
  const stream = camera.state === "on" ? camera.stream : null;
  const { torch, light } = useTorch(stream);
  const idle = live.phase === "idle";
  useAwake(!idle);

  // The lamp is warm and glaring: it goes out with the camera whenever a measurement is over, however it ended.
  useEffect(() => {
    if (over > 0) turnOff();
  }, [over, turnOff]);
  useEffect(() => {
    const onVisibility = () => {
      if (document.visibilityState === "hidden") turnOff();
    };
    document.addEventListener("visibilitychange", onVisibility);
    return () => document.removeEventListener("visibilitychange", onVisibility);
  }, [turnOff]);

  const start = () => {
    if (!video.current) return;
    setReason(null);
    window.scrollTo({ top: 0 });
    live.start(new CameraFrames(video.current, FINGERTIP_PICTURE), seconds, "finger");
  };

  return (
    <div className={idle ? "measure" : "measure is-live"}>
      <h1 className={idle ? "" : "visually-hidden"}>Measure your pulse</h1>
      <MeasureTabs shown="finger" />
      <div className="view">
        <LensStage
          stream={stream}
          videoRef={video}
          lens={idle ? null : live.lens}
          ring={
            !idle &&
            live.progress && (
              <CountdownRing elapsed={live.progress.elapsed_s} seconds={live.progress.seconds} />
            )
          }
        >
          {camera.state === "problem" && <CameraProblemNotice problem={camera.problem} onRetry={turnOn} />}
          <TorchSwitch torch={torch} onSwitch={light} />
        </LensStage>
        <p className="guidance" aria-live="polite" hidden={idle}>
          {fingerGuidance(live.phase, live.lens, live.progress)}
        </p>
      </div>
      {idle ? (
        <section className="panel setup" aria-label="Settings">
          <Stopped reason={reason} />
          <Advice torch={torch} />
          <Duration seconds={seconds} choices={CHOICES} onChange={setSeconds} />
          {seconds >= 120 && (
            <p className="live-hint">
              Oxygen saturation is experimental: a change from your own first minute, shown only where the
              camera and the pulse allow it.
            </p>
          )}
          {/* Keys of their own: a click meant for one button must never land on the one that took its place. */}
          {camera.state === "on" && (
            <button key="start" type="button" className="button primary big" onClick={start}>
              Start measuring
            </button>
          )}
          {(camera.state === "off" || camera.state === "starting") && (
            <button
              key="camera"
              type="button"
              className="button primary big"
              onClick={turnOn}
              disabled={camera.state === "starting"}
            >
              Turn on the camera
            </button>
          )}
        </section>
      ) : (
        <LivePanel live={live} />
      )}
    </div>
  );
}

function Advice({ torch }: { torch: Torch }) {
  return (
    <>
      {torch === "none" && (
        <p className="stopped" role="status">
          <strong>This camera has no lamp that the page can turn on.</strong> Cover the lens with a fingertip
          and hold the finger against a bright lamp or a sunny window.
        </p>
      )}
      <ul className="facts">
        <li>
          {torch === "none"
            ? "Lay the pad of a finger over the whole lens, with the bright light behind it."
            : "Lay the pad of a finger over the rear lens and the lamp beside it."}
        </li>
        <li>Touch lightly: pressing hard pushes the blood away.</li>
        <li>Rest your hand on something firm. Keep still and breathe calmly.</li>
        {torch === "on" && <li>The lamp gets warm. Stop if it is unpleasant.</li>}
      </ul>
    </>
  );
}
