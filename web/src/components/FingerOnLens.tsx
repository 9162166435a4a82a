/** A fingertip laid over the lens and the lamp on a phone's back. */
export function FingerOnLens() {
  return (
    <svg className="finger-on-lens" viewBox="0 0 200 200" aria-hidden="true">
      <rect className="phone-back" x="22" y="34" width="190" height="190" rx="26" />
      <circle className="phone-lens" cx="74" cy="84" r="22" />
      <circle className="phone-lens-inner" cx="74" cy="84" r="10" />
      <circle className="phone-lamp" cx="118" cy="84" r="8" />
      <path className="finger" d="M42 84a54 42 0 0 1 108-4l40 96-58 40-62-92a54 42 0 0 1-28-40z" />
      <path className="finger-nail" d="M70 66a34 26 0 0 1 54-4" />
    </svg>
  );
}
