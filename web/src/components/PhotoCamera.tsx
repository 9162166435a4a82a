import { useRef, useState } from "react";
import { openPhotoCamera } from "../live/camera";
import { useCamera } from "../live/useCamera";
import { usePlaying } from "../live/usePlaying";
import { CameraProblemNotice } from "./CameraProblemNotice";

interface Props {
  onPicture: (file: File) => void;
  onClose: () => void;
}

const QUALITY = 0.95;

/** The rear camera with a shutter. */
export function PhotoCamera({ onPicture, onClose }: Props) {
  const video = useRef<HTMLVideoElement>(null);
  const [ready, setReady] = useState(false);
  const { camera, turnOn } = useCamera(onClose, openPhotoCamera);
  usePlaying(video, camera.state === "on" ? camera.stream : null);

  const take = () => {
    const shown = video.current;
    if (!shown?.videoWidth) return;
    const canvas = document.createElement("canvas");
    canvas.width = shown.videoWidth;
    canvas.height = shown.videoHeight;
    canvas.getContext("2d")?.drawImage(shown, 0, 0);
    canvas.toBlob(
      (blob) => blob && onPicture(new File([blob], "camera.jpg", { type: "image/jpeg" })),
      "image/jpeg",
      QUALITY,
    );
  };

  return (
    <section className="photo-camera" aria-label="Camera">
      <div className="stage">
        <video
          ref={video}
          muted
          playsInline
          aria-label="The camera's picture"
          hidden={camera.state !== "on"}
          onLoadedData={() => setReady(true)}
        />
        {camera.state === "problem" && <CameraProblemNotice problem={camera.problem} onRetry={turnOn} />}
        {camera.state === "off" && (
          <button type="button" className="button primary" onClick={turnOn}>
            Turn on the camera
          </button>
        )}
      </div>
      <div className="actions">
        <button
          type="button"
          className="button primary big"
          onClick={take}
          disabled={camera.state !== "on" || !ready}
        >
          Take the picture
        </button>
        <button type="button" className="button big" onClick={onClose}>
          Close the camera
        </button>
      </div>
    </section>
  );
}
