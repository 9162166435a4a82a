import { facesAway, hasTorch, isLit, setTorch } from "./torch";

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
const PICTURE: MediaTrackConstraints & { resizeMode: ConstrainDOMString } = {
  width: { ideal: 640 },
  height: { ideal: 480 },
  frameRate: { ideal: 30, max: 60 },
  resizeMode: { ideal: "none" },
};

/** The front camera, near 640x480 at 30 frames a second. Throws what `cameraProblem` explains. */
export function openCamera(): Promise<MediaStream> {
  return open({ facingMode: "user" });
}

/** The rear camera as finely as it sees, for single photos. Throws what `cameraProblem` explains. */
export function openPhotoCamera(): Promise<MediaStream> {
  const fine: MediaTrackConstraints = { width: { ideal: 1920 }, height: { ideal: 1440 } };
  return open({ facingMode: { ideal: "environment" }, ...fine });
}

/**
 * The rear camera, the one with a lamp where a phone has several; another camera where there is no rear one.
 * Throws what `cameraProblem` explains.
 */
export async function openRearCamera(): Promise<MediaStream> {
  const rear: MediaTrackConstraints = { facingMode: { ideal: "environment" } };
  const first = await open(rear);
  const track = first.getVideoTracks()[0];
  if (!track || !facesAway(track) || (await hasTorch(track))) return first;
  const others = await otherRearCameras(track);
  if (others.length === 0) return first;
  // A phone opens one camera at a time.
  closeCamera(first);
  for (const deviceId of others) {
    const other = await open({ deviceId: { exact: deviceId } }).catch(() => null);
    const itsTrack = other?.getVideoTracks()[0];
    if (other && itsTrack && (await hasTorch(itsTrack))) return other;
    if (other) closeCamera(other);
  }
  return open(rear);
}

function open(which: MediaTrackConstraints): Promise<MediaStream> {
  return navigator.mediaDevices.getUserMedia({ audio: false, video: { ...PICTURE, ...which } });
}

/** The identifiers of further cameras whose names say that they face away from the person. */
async function otherRearCameras(open: MediaStreamTrack): Promise<string[]> {
  const devices = await navigator.mediaDevices.enumerateDevices();
  return devices
    .filter((d) => d.kind === "videoinput" && /back|rear|environment/i.test(d.label))
    .map((d) => d.deviceId)
    .filter((id) => id !== "" && id !== open.getSettings().deviceId);
}

/** Ends the stream; a lamp goes out with its camera, and is told to before, should a driver need that. */
export function closeCamera(stream: MediaStream): void {
  for (const track of stream.getTracks()) {
    if (isLit(track)) void setTorch(track, false);
    track.stop();
  }
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
