import { useMemo } from "react";
import type { Report } from "../api/types";
import { formatNumber, formatPercent, formatSeconds } from "../reading/format";
import { PulseWave } from "./PulseWave";
import { Stars } from "./Stars";

const SHOWN_S = 20;

/** How good the recording was, with the pulse wave and its beats. */
export function RecordingCard({ report }: { report: Report }) {
  const { quality, duration_s } = report;
  const wave = report.waveforms?.bvp;
  const times = useMemo(() => wave?.samples.map((_, i) => wave.start_s + i / wave.fps) ?? [], [wave]);
  const start = wave?.start_s ?? 0;
  const end = times.at(-1) ?? 0;
  return (
    <section className="card recording" aria-labelledby="recording">
      <header>
        <h2 id="recording">The recording</h2>
        <Stars stars={quality.stars} />
      </header>
      {wave && times.length > 1 && (
        <PulseWave
          timeS={times}
          wave={wave.samples}
          beatsS={wave.marks_s}
          from={start}
          to={Math.min(end, start + SHOWN_S)}
          label={`Pulse wave with ${wave.marks_s.length} beats`}
          axis
        />
      )}
      <dl className="facts-row">
        <Fact term="Length" text={formatSeconds(duration_s)} />
        {quality.fps !== null && <Fact term="Pictures a second" text={formatNumber(quality.fps, 1)} />}
        {quality.face_found !== null && (
          <Fact
            term={report.kind === "finger" ? "Lens covered" : "Face in view"}
            text={formatPercent(quality.face_found)}
          />
        )}
        {quality.snr_db !== null && (
          <Fact term="Pulse above noise" text={`${formatNumber(quality.snr_db, 1)} dB`} />
        )}
      </dl>
      {quality.messages?.map((message) => (
        <p key={message} className="meaning">
          {message}
        </p>
      ))}
    </section>
  );
}

function Fact({ term, text }: { term: string; text: string }) {
  return (
    <div>
      <dt>{term}</dt>
      <dd>{text}</dd>
    </div>
  );
}
