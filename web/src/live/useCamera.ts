import { useCallback, useEffect, useRef, useState } from "react";
import {
  type CameraProblem,
  cameraAlreadyAllowed,
  cameraProblem,
  closeCamera,
  missingCameraInterface,
  openCamera,
} from "./camera";

export type Camera =
  | { state: "off" | "starting" }
  | { state: "on"; stream: MediaStream }
  | { state: "problem"; problem: CameraProblem };

/**
 * The camera while a screen is shown: off until asked for, or at once where it was allowed before.
 * `open` opens it and must stay the same.
 */
export function useCamera(
  onUnplugged: () => void,
  open: () => Promise<MediaStream> = openCamera,
): { camera: Camera; turnOn: () => void; turnOff: () => void } {
  const [camera, setCamera] = useState<Camera>(() => {
    const problem = missingCameraInterface();
    return problem ? { state: "problem", problem } : { state: "off" };
  });
  const gone = useRef(false);
  const asking = useRef(false);
  const turnedOff = useRef(false);
  const held = useRef<MediaStream | null>(null);
  const unplugged = useRef(onUnplugged);
  useEffect(() => {
    unplugged.current = onUnplugged;
  }, [onUnplugged]);

  const unwanted = useCallback(() => gone.current || turnedOff.current, []);
  const turnOn = useCallback(async () => {
    if (asking.current || held.current || missingCameraInterface()) return;
    asking.current = true;
    turnedOff.current = false;
    setCamera({ state: "starting" });
    try {
      const stream = await open();
      if (unwanted()) {
        closeCamera(stream);
        if (!gone.current) setCamera({ state: "off" });
        return;
      }
      held.current = stream;
      stream.getVideoTracks()[0]?.addEventListener("ended", () => {
        held.current = null;
        unplugged.current();
        setCamera({ state: "problem", problem: cameraProblem(new DOMException("", "NotFoundError")) });
      });
      setCamera({ state: "on", stream });
    } catch (error) {
      if (!gone.current) setCamera({ state: "problem", problem: cameraProblem(error) });
    } finally {
      asking.current = false;
    }
  }, [open, unwanted]);

  const turnOff = useCallback(() => {
    turnedOff.current = true;
    if (!held.current) return;
    closeCamera(held.current);
    held.current = null;
    setCamera({ state: "off" });
  }, []);

  useEffect(() => {
    gone.current = false;
    void cameraAlreadyAllowed().then((allowed) => {
      if (allowed && !gone.current) void turnOn();
    });
    return () => {
      gone.current = true;
      if (held.current) closeCamera(held.current);
      held.current = null;
    };
  }, [turnOn]);

  return { camera, turnOn: () => void turnOn(), turnOff };
}
