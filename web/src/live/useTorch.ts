import { useCallback, useEffect, useState } from "react";
import { hasTorch, setTorch } from "./torch";

/** unknown: no camera yet, or not yet asked. none: this camera has no lamp that a page can switch. */
export type Torch = "unknown" | "none" | "on" | "off";

async function lightUp(track: MediaStreamTrack): Promise<Torch> {
  if (!(await hasTorch(track))) return "none";
  return (await setTorch(track, true)) ? "on" : "off";
}

/** The lamp of an open camera, lit as soon as there is one. It goes out when the camera is closed. */
export function useTorch(stream: MediaStream | null): { torch: Torch; light: (on: boolean) => void } {
  const [known, setKnown] = useState<{ of: MediaStream; torch: Torch } | null>(null);

  useEffect(() => {
    const track = stream?.getVideoTracks()[0];
    if (!stream || !track) return;
    let over = false;
    void lightUp(track).then((torch) => {
      if (!over) setKnown({ of: stream, torch });
    });
    return () => {
      over = true;
    };
  }, [stream]);

  const light = useCallback(
    (on: boolean) => {
      const track = stream?.getVideoTracks()[0];
      if (!stream || !track) return;
      void setTorch(track, on).then((obeyed) => {
        if (obeyed) setKnown({ of: stream, torch: on ? "on" : "off" });
      });
    },
    [stream],
  );

  return { torch: known && known.of === stream ? known.torch : "unknown", light };
}
