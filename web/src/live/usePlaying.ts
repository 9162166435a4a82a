import { type RefObject, useEffect } from "react";

/** Shows the camera's stream in a video element. */
export function usePlaying(videoRef: RefObject<HTMLVideoElement | null>, stream: MediaStream | null): void {
  useEffect(() => {
    const element = videoRef.current;
    if (!element) return;
    element.srcObject = stream;
    // A play() that a new source interrupts rejects, and the new source plays by itself.
    if (stream) element.play().catch(() => {});
  }, [stream, videoRef]);
}
