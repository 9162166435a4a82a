import { type RefObject, useEffect, useRef, useState } from "react";
import { watchFrames } from "../live/frames";
import { FaceVision } from "./client";
import { Hold } from "./hold";
import { PictureWorker } from "./pictures";
import type { Sight } from "./sight";

/** A sentence stays for at least this long. */
const READABLE_S = 1.2;

export interface FaceView {
  /** Whether the face is watched in this browser; else only the server sees it. */
  watching: boolean;
  faceSeen: boolean;
  /** What the person could do better, the weightiest. */
  guidance: string | null;
}

const NOTHING: FaceView = { watching: false, faceSeen: false, guidance: null };

/**
 * Watches the face in the video for as long as it shows the stream; `onSight` hears of each picture, null at the end.
 * No picture is looked at while `mustWait()`: the measurement, which may run on the same machine, goes first.
 */
export function useFaceVision(
  video: RefObject<HTMLVideoElement | null>,
  stream: MediaStream | null,
  mustWait: () => boolean,
  onSight: (sight: Sight | null) => void,
): FaceView {
  const [view, setView] = useState(NOTHING);
  const listener = useRef(onSight);
  useEffect(() => {
    listener.current = onSight;
  }, [onSight]);

  useEffect(() => {
    const element = video.current;
    if (!stream || !element || !PictureWorker.possible()) return;
    const hold = new Hold(READABLE_S);
    const vision = new FaceVision(
      (sight) => {
        listener.current(sight);
        const faceSeen = sight.face !== null;
        const guidance = hold.step(sight.messages[0] ?? null, performance.now() / 1000);
        setView((now) =>
          now.watching && now.faceSeen === faceSeen && now.guidance === guidance
            ? now
            : { watching: true, faceSeen, guidance },
        );
      },
      () => setView(NOTHING),
    );
    const stop = watchFrames(element, (timeS) => {
      if (!mustWait()) void vision.show(element, timeS);
    });
    return () => {
      stop();
      vision.close();
      listener.current(null);
      setView(NOTHING);
    };
  }, [stream, video, mustWait]);

  return view;
}
