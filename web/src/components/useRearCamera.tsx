import { type ReactNode, type RefObject, useRef, useState } from "react";
import { openPhotoCamera } from "../live/camera";
import { useCamera } from "../live/useCamera";
import { usePlaying } from "../live/usePlaying";
import { CameraProblemNotice } from "./CameraProblemNotice";

/** The rear camera as a person sees it, and whether there is a picture to take. */
export interface RearCamera {
  video: RefObject<HTMLVideoElement | null>;
  stream: MediaStream | null;
  ready: boolean;
  /** Its picture, or how to turn it on, or why it does not work; `over` lies on the picture. */
  frame: (over?: ReactNode) => ReactNode;
}

export function useRearCamera(onClose: () => void): RearCamera {
  const video = useRef<HTMLVideoElement>(null);
  const [loaded, setLoaded] = useState(false);
  const { camera, turnOn } = useCamera(onClose, openPhotoCamera);
  const stream = camera.state === "on" ? camera.stream : null;
  usePlaying(video, stream);
  const frame = (over?: ReactNode) => (
    <div className="stage">
      <video
        ref={video}
        muted
        playsInline
        aria-label="The camera's picture"
        hidden={!stream}
        onLoadedData={() => setLoaded(true)}
      />
      {stream && over}
      {camera.state === "problem" && <CameraProblemNotice problem={camera.problem} onRetry={turnOn} />}
      {camera.state === "off" && (
        <button type="button" className="button primary" onClick={turnOn}>
          Turn on the camera
        </button>
      )}
    </div>
  );
  return { video, stream, ready: stream !== null && loaded, frame };
}
