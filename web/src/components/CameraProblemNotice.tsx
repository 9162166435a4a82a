import type { CameraProblem } from "../live/camera";
import { Notice } from "./Notice";

/** Why there is no camera picture, and the ways on. */
export function CameraProblemNotice({ problem, onRetry }: { problem: CameraProblem; onRetry: () => void }) {
  return (
    <Notice
      urgent
      title={problem.title}
      actions={
        <>
          {problem.kind !== "insecure" && (
            <button type="button" className="button" onClick={onRetry}>
              Try again
            </button>
          )}
          <a className="button quiet" href="#/upload">
            Use a video file
          </a>
        </>
      }
    >
      {problem.advice}
    </Notice>
  );
}
