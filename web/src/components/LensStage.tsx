import type { ReactNode, RefObject } from "react";
import type { Lens } from "../live/lens";
import { usePlaying } from "../live/usePlaying";
import { FingerOnLens } from "./FingerOnLens";

const SAID: Record<Lens, string> = {
  covered: "Lens covered",
  pale: "Covered, not red",
  uncovered: "Lens not covered",
  dark: "Too dark",
  bright: "Too bright",
};

interface Props {
  stream: MediaStream | null;
  videoRef: RefObject<HTMLVideoElement | null>;
  lens: Lens | null;
  /** Drawn around and over the picture. */
  ring?: ReactNode;
  children?: ReactNode;
}

/** The picture of the lens under the finger, round as the lens is and not mirrored: there is nothing to find oneself in. */
export function LensStage({ stream, videoRef, lens, ring, children }: Props) {
  usePlaying(videoRef, stream);
  return (
    <div className="stage lens-stage">
      <div className="lens" data-lens={lens ?? undefined}>
        <video ref={videoRef} muted playsInline aria-label="The picture of the lens" hidden={!stream} />
        {!stream && <FingerOnLens />}
        {ring}
      </div>
      {/* Said aloud by the guidance beneath. */}
      {lens && (
        <p className="lens-state" data-lens={lens} aria-hidden="true">
          {SAID[lens]}
        </p>
      )}
      {children}
    </div>
  );
}
