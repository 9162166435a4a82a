import { type RefObject, useEffect, useRef, useState } from "react";
import { watchFrames } from "../live/frames";
import { PictureWorker } from "../vision/pictures";
import type { LiveHand } from "./nail";
import { Steadiness } from "./steady";

const LONGEST_SIDE = 640;

export interface NailView {
  /** Whether nails are looked for in this browser. */
  watching: boolean;
  seen: LiveHand;
  /** Share of the time a hand must be held still that is over, 0 to 1. */
  steady: number;
}

const NOTHING: NailView = { watching: false, seen: { nails: [], width: 4, height: 3 }, steady: 0 };

/** Looks for nails in the video for as long as it shows the stream; `onSteady` hears, once, that the hand is still. */
export function useNails(
  video: RefObject<HTMLVideoElement | null>,
  stream: MediaStream | null,
  onSteady: () => void,
): NailView {
  const [view, setView] = useState(NOTHING);
  const listener = useRef(onSteady);
  useEffect(() => {
    listener.current = onSteady;
  }, [onSteady]);

  useEffect(() => {
    const element = video.current;
    if (!stream || !element || !PictureWorker.possible()) return;
    const steadiness = new Steadiness();
    let told = false;
    const worker = new Worker(new URL("./nailWorker.ts", import.meta.url), { type: "module" });
    const pictures = new PictureWorker<LiveHand>(
      worker,
      LONGEST_SIDE,
      (seen) => {
        const steady = steadiness.step(seen.nails, performance.now() / 1000);
        setView({ watching: true, seen, steady });
        if (steady === 1 && !told) listener.current();
        told = steady === 1;
      },
      () => setView(NOTHING),
    );
    const stop = watchFrames(element, () => void pictures.show(element));
    return () => {
      stop();
      pictures.close();
      setView(NOTHING);
    };
  }, [stream, video]);

  return view;
}
