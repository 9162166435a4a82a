import { type ReactNode, type RefObject, useEffect } from "react";

interface Props {
  stream: MediaStream | null;
  video: RefObject<HTMLVideoElement | null>;
  overlay: RefObject<HTMLCanvasElement | null>;
  /** A face-shaped outline to sit in, until the face is found. */
  outline: boolean;
  children?: ReactNode;
}

/** The camera picture as in a mirror, with the overlay drawn on the very same pixels. */
export function Stage({ stream, video, overlay, outline, children }: Props) {
  useEffect(() => {
    const element = video.current;
    if (!element) return;
    element.srcObject = stream;
    // A play() that a new source interrupts rejects, and the new source plays by itself.
    if (stream) element.play().catch(() => {});
  }, [stream, video]);

  return (
    <div className="stage">
      <div className="mirror" hidden={!stream}>
        <video
          ref={video}
          muted
          playsInline
          aria-label="Your camera picture"
          onResize={(e) => {
            const { videoWidth, videoHeight } = e.currentTarget;
            if (!overlay.current || !videoWidth) return;
            overlay.current.width = videoWidth;
            overlay.current.height = videoHeight;
          }}
        />
        <canvas ref={overlay} />
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
