import { useId, useState } from "react";
import { haemoglobinOf, type LaboratoryValue } from "../reading/laboratory";

interface Props {
  values: readonly LaboratoryValue[];
  /** What the camera estimates now without any of the values, g/dL; null before there is a result. */
  estimate: number | null;
  onChange: (values: LaboratoryValue[]) => void;
}

/** A person's own laboratory values: each is kept with what the camera said around that day. */
export function LaboratoryValues({ values, estimate, onChange }: Props) {
  const [text, setText] = useState("");
  const [date, setDate] = useState(() => new Date().toISOString().slice(0, 10));
  const title = useId();
  const hb = haemoglobinOf(text);
  const add = () => {
    if (hb === null || estimate === null || !date) return;
    onChange([...values, { hb, estimate, date }]);
    setText("");
  };
  return (
    <details className="card laboratory" open={values.length > 0}>
      <summary id={title}>My own laboratory values</summary>
      <p className="meaning">
        A blood test of yours moves the estimates of your nails, and only yours: one value by about half of
        the difference, more values by more, old ones by less. They stay in this browser and are sent only
        together with a picture of nails.
      </p>
      {values.length > 0 && (
        <ul className="facts" aria-labelledby={title}>
          {values.map((value, i) => (
            <li key={i}>
              {value.date}: {value.hb.toFixed(1)} g/dL (camera {value.estimate.toFixed(1)}){" "}
              <button
                type="button"
                className="button quiet"
                onClick={() => onChange(values.filter((_, k) => k !== i))}
              >
                Remove
              </button>
            </li>
          ))}
        </ul>
      )}
      {estimate === null ? (
        <p className="meaning">First take a picture of your nails around the day of the blood test.</p>
      ) : (
        <div className="laboratory-add">
          <label className="photo-kind">
            <span>Haemoglobin of the laboratory (g/dL)</span>
            <input inputMode="decimal" value={text} onChange={(e) => setText(e.target.value)} />
          </label>
          <label className="photo-kind">
            <span>Day of the blood test</span>
            <input type="date" value={date} onChange={(e) => setDate(e.target.value)} />
          </label>
          <button type="button" className="button" disabled={hb === null || !date} onClick={add}>
            Keep beside {estimate.toFixed(1)} g/dL of the camera
          </button>
        </div>
      )}
    </details>
  );
}
