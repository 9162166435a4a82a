import type { ReactNode } from "react";

const RADIUS = 34;
const LENGTH = 2 * Math.PI * RADIUS;

/** A ring that fills: how much of something, 0 to 1, is over. */
export function Ring({ share, label, children }: { share: number; label?: string; children?: ReactNode }) {
  const said = label ? { role: "timer", "aria-label": label } : { "aria-hidden": true };
  return (
    <svg className="ring" viewBox="0 0 80 80" {...said}>
      <circle className="ring-track" cx="40" cy="40" r={RADIUS} />
      <circle
        className="ring-done"
        cx="40"
        cy="40"
        r={RADIUS}
        strokeDasharray={LENGTH}
        strokeDashoffset={LENGTH * (1 - share)}
      />
      {children}
    </svg>
  );
}
