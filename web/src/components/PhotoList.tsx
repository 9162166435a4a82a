import type { Photo } from "../photo/usePhotos";
import { summaryOf } from "../photo/words";

interface Props {
  photos: Photo[];
  chosen: number | null;
  onChoose: (key: number) => void;
}

/** The pictures of this visit with their outcomes, when there are several. */
export function PhotoList({ photos, chosen, onChoose }: Props) {
  if (photos.length < 2) return null;
  return (
    <ul className="photo-list" aria-label="Pictures">
      {photos.map((photo) => (
        <li key={photo.key}>
          <button
            type="button"
            className="photo-row"
            aria-pressed={photo.key === chosen}
            onClick={() => onChoose(photo.key)}
          >
            <Thumbnail photo={photo} />
            <span className="photo-row-text">
              <span className="photo-row-name">{photo.name}</span>
              <span className="meaning">{outcome(photo)}</span>
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}

function Thumbnail({ photo }: { photo: Photo }) {
  const address = photo.state === "failed" ? null : (photo.answer?.preview ?? photo.shown);
  return address ? <img src={address} alt="" /> : <span className="photo-row-blank" aria-hidden="true" />;
}

function outcome(photo: Photo): string {
  if (photo.state === "failed") return photo.problem ?? "Could not be used";
  if (photo.answer) return summaryOf(photo.answer.report);
  return photo.state === "waiting" ? "Waiting" : "Looking…";
}
