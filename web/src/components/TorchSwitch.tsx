import type { Torch } from "../live/useTorch";

/** Switches the lamp beside the lens; nothing where there is none. */
export function TorchSwitch({ torch, onSwitch }: { torch: Torch; onSwitch: (on: boolean) => void }) {
  if (torch !== "on" && torch !== "off") return null;
  const on = torch === "on";
  return (
    <button type="button" className="torch" role="switch" aria-checked={on} onClick={() => onSwitch(!on)}>
      <svg viewBox="0 0 20 20" aria-hidden="true">
        <path d="M6 2.5h8v3l-2 3.2v8.8H8V8.7L6 5.5zM6 5.5h8M10 10.5v2" />
      </svg>
      <span className="torch-text">Lamp</span>
      <span className="torch-knob" aria-hidden="true" />
    </button>
  );
}
