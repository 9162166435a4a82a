/** Why there is no camera picture, in words a person can act on. */
export interface CameraProblem {
  kind: "insecure" | "refused" | "missing" | "in-use" | "unknown";
  title: string;
  advice: string;
}

const PROBLEMS: Record<CameraProblem["kind"], Omit<CameraProblem, "kind">> = {
  insecure: {
    title: "This address may not use the camera",
    advice:
      "Browsers allow the camera only on https:// addresses and on http://localhost. Open Vitascope that way, or measure from a video file instead.",
  },
  refused: {
    title: "Camera access was refused",
    advice:
      "Allow the camera for this page: choose the camera or lock symbol beside the address, then try again. Your system's privacy settings can also block it.",
  },
  missing: {
    title: "No camera was found",
    advice: "Connect a camera and try again, or measure from a video file instead.",
  },
  "in-use": {
    title: "The camera is in use",
    advice: "Another program or tab holds the camera. Close it there and try again.",
  },
  unknown: {
    title: "The camera could not be started",
    advice: "Unplug it and connect it again, or restart the browser. A video file works too.",
  },
};

const KIND_OF_ERROR: Record<string, CameraProblem["kind"]> = {
  NotAllowedError: "refused",
  SecurityError: "refused",
  NotFoundError: "missing",
  OverconstrainedError: "missing",
  NotReadableError: "in-use",
  AbortError: "in-use",
};

export function cameraProblem(error: unknown): CameraProblem {
  const name = error instanceof Error || error instanceof DOMException ? error.name : "";
  const kind = KIND_OF_ERROR[name] ?? "unknown";
  return { kind, ...PROBLEMS[kind] };
}

/** The problem that is known before asking: no camera interface outside https and localhost. */
export function missingCameraInterface(): CameraProblem | null {
  // Outside a secure context `mediaDevices` is not there at all, whatever its type says.
  if (window.isSecureContext && "mediaDevices" in navigator) return null;
  return { kind: "insecure", ...PROBLEMS.insecure };
}

// `resizeMode` is in the standard but not yet in TypeScript's library. Scaling and cropping would happen in the
// browser, at the edges of the face.
const FRONT_CAMERA: MediaTrackConstraints & { resizeMode: ConstrainDOMString } = {
  facingMode: "user",
  width: { ideal: 640 },
  height: { ideal: 480 },
  frameRate: { ideal: 30, max: 60 },
  resizeMode: { ideal: "none" },
};

/** The front camera, near 640x480 at 30 frames a second. Throws what `cameraProblem` explains. */
export function openCamera(): Promise<MediaStream> {
  return navigator.mediaDevices.getUserMedia({ audio: false, video: FRONT_CAMERA });
}

export function closeCamera(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}

/** Whether the person has already allowed the camera here, so that it may start without asking. */
export async function cameraAlreadyAllowed(): Promise<boolean> {
  try {
    const permission = await navigator.permissions.query({ name: "camera" });
    return permission.state === "granted";
  } catch {
    return false;
  }
}
