import { stillOf } from "../live/still";
import { useRearCamera } from "./useRearCamera";

interface Props {
  onPicture: (file: File) => void;
  onClose: () => void;
}

/** The rear camera with a shutter. */
export function PhotoCamera({ onPicture, onClose }: Props) {
  const { video, ready, frame } = useRearCamera(onClose);

  const take = async () => {
    const file = video.current && (await stillOf(video.current, "camera.jpg"));
    if (file) onPicture(file);
  };

  return (
    <section className="photo-camera" aria-label="Camera">
      {frame()}
      <div className="actions">
        <button type="button" className="button primary big" onClick={() => void take()} disabled={!ready}>
          Take the picture
        </button>
        <button type="button" className="button big" onClick={onClose}>
          Close the camera
        </button>
      </div>
    </section>
  );
}
