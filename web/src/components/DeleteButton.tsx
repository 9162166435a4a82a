import { useState } from "react";
import { deleteMeasurement, sentenceOf } from "../api/http";

interface Props {
  id: string;
  /** What is deleted, for screen readers. */
  what: string;
  onDeleted: () => void;
  onProblem: (sentence: string) => void;
}

/** Asks once more before it deletes. */
export function DeleteButton({ id, what, onDeleted, onProblem }: Props) {
  const [asking, setAsking] = useState(false);
  const [busy, setBusy] = useState(false);
  if (!asking) {
    return (
      <button
        type="button"
        className="button quiet"
        aria-label={`Delete ${what}`}
        onClick={() => setAsking(true)}
      >
        Delete
      </button>
    );
  }
  const remove = async () => {
    setBusy(true);
    try {
      await deleteMeasurement(id);
      onDeleted();
    } catch (error) {
      setBusy(false);
      setAsking(false);
      onProblem(sentenceOf(error));
    }
  };
  return (
    <span className="ask">
      <button type="button" className="button danger" disabled={busy} onClick={() => void remove()}>
        Delete for good
      </button>
      <button type="button" className="button quiet" disabled={busy} onClick={() => setAsking(false)}>
        Keep
      </button>
    </span>
  );
}
