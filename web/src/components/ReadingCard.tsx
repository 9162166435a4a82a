import type { Reading } from "../api/types";
import type { Scale } from "../reading/bands";
import { formatConfidence, formatInterval, formatNumber, formatSeconds } from "../reading/format";
import { naming } from "../reading/naming";
import { Dial } from "./Dial";

interface Props {
  name: string;
  reading: Reading;
  scale: Scale;
}

/** One reading that is given: its dial, its certainty, what it means, and how it was found. */
export function ReadingCard({ name, reading, scale }: Props) {
  const { title, meaning, experimental } = naming(name, scale.title);
  if (reading.value === null) return null;
  return (
    <article className="card reading" data-reading={name}>
      <header>
        <h3>{title}</h3>
        {reading.status === "tentative" && (
          <span className="badge">{experimental ? "Experimental" : "Tentative"}</span>
        )}
      </header>
      <Dial name={name} title={title} reading={reading} scale={scale} />
      <p className="certainty">
        {reading.interval && (
          <span>
            Likely <b>{formatInterval(reading.interval)}</b>
          </span>
        )}
        {reading.confidence !== null && (
          <span>
            Confidence <b>{formatConfidence(reading.confidence)}</b>
          </span>
        )}
      </p>
      {reading.status === "tentative" && reading.reason && <p className="reason">{reading.reason}</p>}
      {meaning && <p className="meaning">{meaning}</p>}
      <details>
        <summary>How it was found</summary>
        <dl>
          {reading.method && <Fact term="Method">{reading.method}</Fact>}
          {reading.window_s !== null && <Fact term="Window">{formatSeconds(reading.window_s)}</Fact>}
          {Object.entries(reading.inputs).map(([input, value]) => (
            <Fact key={input} term={input.replaceAll("_", " ")}>
              {formatNumber(value)}
            </Fact>
          ))}
          {reading.loinc && <Fact term="LOINC">{reading.loinc}</Fact>}
        </dl>
      </details>
    </article>
  );
}

function Fact({ term, children }: { term: string; children: string }) {
  return (
    <div>
      <dt>{term}</dt>
      <dd>{children}</dd>
    </div>
  );
}
