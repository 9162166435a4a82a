import { useId, useState } from "react";

const KEY = "vitascope.consent";
/** Raised when the text changes so much that people must be asked again. */
const VERSION = "2";

export function consentGiven(): boolean {
  try {
    return localStorage.getItem(KEY) === VERSION;
  } catch {
    return false;
  }
}

function remember(): void {
  try {
    localStorage.setItem(KEY, VERSION);
  } catch {
    // Storage may be closed to the page; the person is then asked at each visit.
  }
}

export function Consent({ onAgree }: { onAgree: () => void }) {
  const [ticked, setTicked] = useState(false);
  const box = useId();
  return (
    <section className="card consent" aria-labelledby={`${box}-title`}>
      <h1 id={`${box}-title`}>Before you begin</h1>
      <p className="lead">
        Vitascope reads your pulse from tiny colour changes of the skin, seen by an ordinary camera, and looks
        at photos of skin, eyes and lung CT.
      </p>
      <ul className="facts">
        <li>Pictures go to the server this page came from and to nobody else.</li>
        <li>
          Pictures are not kept. Readings, findings and the pulse wave stay in your history until you delete
          them.
        </li>
        <li>A reading or finding comes with its certainty, or is withheld with the reason.</li>
        <li>It is not a medical device. If you feel unwell, ask a professional whatever it shows.</li>
      </ul>
      <form
        onSubmit={(e) => {
          e.preventDefault();
          remember();
          onAgree();
        }}
      >
        <label className="tick" htmlFor={box}>
          <input id={box} type="checkbox" checked={ticked} onChange={(e) => setTicked(e.target.checked)} />
          <span>I agree to the measurement of my pictures and know that it gives no diagnosis.</span>
        </label>
        <button type="submit" className="button primary" disabled={!ticked}>
          Continue
        </button>
      </form>
    </section>
  );
}
