import { useRef, useState } from "react";
import { CameraProblemNotice } from "../components/CameraProblemNotice";
import { CountdownRing } from "../components/CountdownRing";
import { Duration } from "../components/Duration";
import { LivePanel } from "../components/LivePanel";
import { MeasureTabs } from "../components/MeasureTabs";
import { Stage } from "../components/Stage";
import { Stopped } from "../components/Stopped";
import { CameraFrames } from "../live/frames";
import { REASONS } from "../live/measurement";
import { paintFace } from "../live/overlay";
import { useAwake } from "../live/useAwake";
import { useCamera } from "../live/useCamera";
import { useMeasurement } from "../live/useMeasurement";
import { rememberMeasurement } from "../reading/recent";
import { go } from "../router";
import { type FaceView, useFaceVision } from "../vision/useFaceVision";

export function MeasureScreen() {
  const [seconds, setSeconds] = useState(30);
  const [reason, setReason] = useState<string | null>(null);
  const video = useRef<HTMLVideoElement>(null);
  const overlay = useRef<HTMLCanvasElement>(null);

  const watching = useRef(false);
  const live = useMeasurement(
    // Where the browser watches the face itself, the server's view of it comes too late to be drawn.
    (face) => overlay.current && !watching.current && paintFace(overlay.current, face),
    (outcome) => {
      if (outcome.kind === "problem") setReason(outcome.reason);
      if (outcome.kind === "report") {
        rememberMeasurement(outcome.id, outcome.report);
        go({ screen: "result", id: outcome.id });
      }
    },
  );
  const { camera, turnOn } = useCamera(() => live.fail(REASONS.noPictures));
  const stream = camera.state === "on" ? camera.stream : null;
  const view = useFaceVision(video, stream, live.behind, (sight) => {
    watching.current = sight !== null;
    if (overlay.current) paintFace(overlay.current, sight?.face ?? null);
  });
  const idle = live.phase === "idle";
  useAwake(!idle);
  const faceSeen = view.watching ? view.faceSeen : live.faceSeen;
  const guidance = idle ? previewGuidanceOf(view) : guidanceOf(live, view);

  const start = () => {
    if (!video.current) return;
    setReason(null);
    window.scrollTo({ top: 0 });
    live.start(new CameraFrames(video.current), seconds);
  };

  return (
    <div className={idle ? "measure" : "measure is-live"}>
      <h1 className={idle ? "" : "visually-hidden"}>Measure your pulse</h1>
      <MeasureTabs shown="measure" />
      <div className="view">
        <Stage stream={stream} videoRef={video} overlayRef={overlay} outline={stream !== null && !faceSeen}>
          {camera.state !== "on" && camera.state !== "problem" && (
            <div className="stage-note">
              <p>{camera.state === "starting" ? "Waiting for the camera…" : "The camera is off."}</p>
            </div>
          )}
          {camera.state === "problem" && <CameraProblemNotice problem={camera.problem} onRetry={turnOn} />}
          {!idle && live.progress && (
            <div className="stage-ring">
              <CountdownRing elapsed={live.progress.elapsed_s} seconds={live.progress.seconds} />
            </div>
          )}
        </Stage>
        <p className="guidance" aria-live="polite" hidden={idle && !view.watching}>
          {guidance}
        </p>
      </div>
      {idle ? (
        <section className="panel setup" aria-label="Settings">
          <Stopped reason={reason} />
          <ul className="facts">
            <li>Face a window or a lamp, an arm's length from the camera.</li>
            <li>Rest the device on something firm. Sit still and breathe calmly.</li>
            <li>Keep forehead and cheeks free.</li>
          </ul>
          <Duration seconds={seconds} onChange={setSeconds} />
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

/** Before the start: whether the face is well placed already. */
function previewGuidanceOf({ faceSeen, guidance }: FaceView) {
  if (guidance) return guidance;
  return faceSeen ? "Your face is well placed." : "Looking for your face…";
}

function guidanceOf({ phase, progress, faceSeen }: ReturnType<typeof useMeasurement>, view: FaceView) {
  if (phase === "connecting") return "Connecting…";
  if (phase === "finishing") return "Putting the result together…";
  const said = view.guidance ?? progress?.guidance;
  if (said) return said;
  const seen = view.watching ? view.faceSeen : faceSeen;
  if (!progress) return seen ? "Hold still…" : "Looking for your face…";
  return "Good. Hold still and breathe.";
}
