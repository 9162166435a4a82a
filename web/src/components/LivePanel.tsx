import type { useMeasurement } from "../live/useMeasurement";
import { formatInterval, formatNumber } from "../reading/format";
import { PulseWave } from "./PulseWave";
import { Stars } from "./Stars";

const SHOWN_S = 10;
const EMPTY = { time_s: [], bvp: [] };

/** What is known while measuring: provisional heart rate, quality, the wave, and the ways to end. */
export function LivePanel({ live }: { live: ReturnType<typeof useMeasurement> }) {
  const { phase, progress, stop, cancel } = live;
  const rate = progress?.readings.heart_rate;
  const wave = progress?.waveform ?? EMPTY;
  const end = Math.max(SHOWN_S, wave.time_s.at(-1) ?? 0);
  return (
    <section className="panel live" aria-label="Measuring">
      <div className="live-head">
        <div className="live-rate">
          <span className="live-label">Heart rate</span>
          {rate && rate.value !== null ? (
            <span className="live-value">
              <strong>{formatNumber(rate.value, 0)}</strong> beats/min
            </span>
          ) : (
            <span className="live-value is-empty">
              <strong aria-hidden="true">––</strong> {progress ? "not sure yet" : "waiting"}
            </span>
          )}
          <span className="live-detail">
            {rate?.interval ? `provisional, likely ${formatInterval(rate.interval)}` : "provisional"}
          </span>
        </div>
        <div className="live-quality">
          <span className="live-label">Signal</span>
          <Stars stars={progress?.quality.stars ?? 0} />
          <span className="live-detail">
            {progress?.quality.fps ? `${formatNumber(progress.quality.fps, 0)} pictures/s` : "\u00a0"}
          </span>
        </div>
      </div>
      <PulseWave
        timeS={wave.time_s}
        wave={wave.bvp}
        from={end - SHOWN_S}
        to={end}
        label="Your pulse wave, last ten seconds"
      />
      <div className="actions">
        <button
          type="button"
          className="button primary big"
          onClick={stop}
          disabled={phase !== "measuring" || progress === null}
        >
          Stop
        </button>
        <button type="button" className="button big" onClick={cancel} disabled={phase === "finishing"}>
          Cancel
        </button>
      </div>
      <p className="live-hint">Stop shows the result so far. Cancel forgets the recording.</p>
    </section>
  );
}
