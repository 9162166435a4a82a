import { useEffect, useRef, useState } from "react";
import { deleteMeasurement, sentenceOf, uploadClip, waitForMeasurement } from "../api/http";
import type { Kind } from "../api/types";
import { formatPercent } from "../reading/format";
import { go } from "../router";

const KINDS: { kind: Kind | null; text: string; hint: string }[] = [
  { kind: null, text: "Recognise", hint: "by itself" },
  { kind: "face", text: "Face", hint: "in view" },
  { kind: "finger", text: "Fingertip", hint: "on the lens" },
];

type Stage = { step: "idle" } | { step: "sending" | "measuring"; share: number; name: string };

/** A clip from a file: sent, measured, shown. */
export function UploadScreen() {
  const [stage, setStage] = useState<Stage>({ step: "idle" });
  const [kind, setKind] = useState<Kind | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const abort = useRef<AbortController | null>(null);
  const queuedId = useRef<string | null>(null);

  useEffect(() => () => abort.current?.abort(), []);

  const take = async (file: File | undefined) => {
    if (!file || abort.current) return;
    const controller = new AbortController();
    abort.current = controller;
    queuedId.current = null;
    setProblem(null);
    setStage({ step: "sending", share: 0, name: file.name });
    try {
      const queued = await uploadClip(
        file,
        kind,
        (share) => setStage({ step: "sending", share, name: file.name }),
        controller.signal,
      );
      queuedId.current = queued.id;
      const measured = await waitForMeasurement(
        queued,
        (share) => setStage({ step: "measuring", share, name: file.name }),
        controller.signal,
      );
      if (measured.status === "done") {
        go({ screen: "result", id: measured.id });
        return;
      }
      setProblem(measured.reason ?? "The clip could not be measured.");
    } catch (error) {
      if (!controller.signal.aborted) setProblem(sentenceOf(error));
    }
    abort.current = null;
    setStage({ step: "idle" });
  };

  const cancel = () => {
    abort.current?.abort();
    abort.current = null;
    setStage({ step: "idle" });
    // A clip that is already there is measured only to be thrown away: tell the server to forget it.
    if (queuedId.current) void deleteMeasurement(queuedId.current).catch(() => {});
  };

  return (
    <div className="upload">
      <h1>Measure from a video file</h1>
      <p className="lead">
        A steady recording of one face in even light, or of a fingertip that covers the lens, 5 to 120 seconds
        long. MP4, MOV, WebM, AVI and MKV work; the less compressed, the better.
      </p>
      {problem && (
        <div className="stopped" role="alert">
          <strong>This clip gave no result.</strong> {problem}
        </div>
      )}
      {stage.step === "idle" && (
        <fieldset className="segments">
          <legend>What the video shows</legend>
          {KINDS.map((choice) => (
            <label key={choice.text} className={choice.kind === kind ? "is-on" : ""}>
              <input
                type="radio"
                name="kind"
                checked={choice.kind === kind}
                onChange={() => setKind(choice.kind)}
              />
              <span className="segment-main">{choice.text}</span>
              <span className="segment-hint">{choice.hint}</span>
            </label>
          ))}
        </fieldset>
      )}
      {stage.step === "idle" ? (
        <label className="drop">
          {/* A file input takes a dropped file by itself; this one covers the whole field. */}
          <input type="file" accept="video/*,.mkv,.avi" onChange={(e) => void take(e.target.files?.[0])} />
          <span className="drop-main">Choose a video</span>
          <span className="meaning">or drop it here</span>
        </label>
      ) : (
        <section className="card sending" aria-label="Progress">
          <p className="sending-name">{stage.name}</p>
          <label>
            <span aria-live="polite">{stage.step === "sending" ? "Sending" : "Measuring"}</span>
            <span className="sending-share">{formatPercent(stage.share)}</span>
            <progress value={stage.share} max={1} />
          </label>
          <button type="button" className="button" onClick={cancel}>
            Cancel
          </button>
        </section>
      )}
    </div>
  );
}
