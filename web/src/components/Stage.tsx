import type { ReactNode, RefObject } from "react";
import { usePlaying } from "../live/usePlaying";

/** Pixels of the overlay for one of the picture, which is shown larger than it is. */
const FINENESS = 2;

interface Props {
  stream: MediaStream | null;
  videoRef: RefObject<HTMLVideoElement | null>;
  overlayRef: RefObject<HTMLCanvasElement | null>;
  /** A face-shaped outline to sit in, until the face is found. */
  outline: boolean;
  children?: ReactNode;
}

/** The camera picture as in a mirror, with the overlay drawn on the very same places. */
export function Stage({ stream, videoRef, overlayRef, outline, children }: Props) {
  usePlaying(videoRef, stream);

  return (
    <div className="stage">
      <div className="mirror" hidden={!stream}>
        <video
          ref={videoRef}
          muted
          playsInline
          aria-label="Your camera picture"
          onResize={(e) => {
            const { videoWidth, videoHeight } = e.currentTarget;
            if (!overlayRef.current || !videoWidth) return;
            overlayRef.current.width = FINENESS * videoWidth;
            overlayRef.current.height = FINENESS * videoHeight;
          }}
        />
        <canvas ref={overlayRef} />
      </div>
      {outline && (
        <svg className="outline" viewBox="0 0 400 300" aria-hidden="true">
          <ellipse cx="200" cy="146" rx="74" ry="98" />
        </svg>
      )}
      {children}
    </div>
  );
}
