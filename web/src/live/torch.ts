/** The lamp beside a rear camera. Browsers know it as a constraint of the video track (W3C Image Capture). */

// Not yet in TypeScript's library.
type TorchCapabilities = MediaTrackCapabilities & { torch?: boolean };
type TorchSettings = MediaTrackSettings & { torch?: boolean };
type TorchConstraints = MediaTrackConstraints & { advanced: { torch: boolean }[] };

/** A phone's camera may tell of its lamp only a moment after it was opened. */
const PATIENCE_MS = 600;
const STEP_MS = 100;

export function facesAway(track: MediaStreamTrack): boolean {
  return track.getSettings().facingMode === "environment";
}

function tellsOfTorch(track: MediaStreamTrack): boolean {
  // Some browsers do not have the function at all, whatever its type says.
  if (!("getCapabilities" in track)) return false;
  return (track.getCapabilities() as TorchCapabilities).torch === true;
}

/** Whether the camera has a lamp that the page can switch. */
export async function hasTorch(track: MediaStreamTrack): Promise<boolean> {
  for (let waited = 0; facesAway(track) && waited < PATIENCE_MS; waited += STEP_MS) {
    if (tellsOfTorch(track)) return true;
    await new Promise((resolve) => setTimeout(resolve, STEP_MS));
  }
  return tellsOfTorch(track);
}

export function isLit(track: MediaStreamTrack): boolean {
  return (track.getSettings() as TorchSettings).torch === true;
}

/** Switches the lamp; whether it obeyed. */
export async function setTorch(track: MediaStreamTrack, on: boolean): Promise<boolean> {
  const wanted: TorchConstraints = { advanced: [{ torch: on }] };
  try {
    await track.applyConstraints(wanted);
    return true;
  } catch {
    return false;
  }
}
