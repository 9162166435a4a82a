import { act, renderHook, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { openRearCamera } from "./camera";
import { useCamera } from "./useCamera";
import { useTorch } from "./useTorch";

/** A camera of a browser: jsdom has none. */
class FakeCamera extends EventTarget {
  lit = false;
  live = false;
  heard: boolean[] = [];

  constructor(
    readonly deviceId: string,
    readonly label: string,
    readonly facingMode: string,
    readonly hasLamp: boolean,
  ) {
    super();
  }

  getSettings() {
    return { deviceId: this.deviceId, facingMode: this.facingMode, torch: this.lit };
  }

  getCapabilities() {
    return this.hasLamp ? { torch: true } : {};
  }

  applyConstraints({ advanced }: { advanced: [{ torch: boolean }] }) {
    if (!this.hasLamp || !this.live) return Promise.reject(new DOMException("", "OverconstrainedError"));
    this.lit = advanced[0].torch;
    this.heard.push(this.lit);
    return Promise.resolve();
  }

  stop() {
    this.live = false;
  }
}

const front = () => new FakeCamera("f", "camera 1, facing front", "user", false);
const wide = () => new FakeCamera("w", "camera 2, facing back", "environment", false);
const main = () => new FakeCamera("m", "camera 0, facing back", "environment", true);

let asked: MediaTrackConstraints[];

function phone(...cameras: FakeCamera[]): void {
  asked = [];
  vi.stubGlobal("isSecureContext", true);
  vi.stubGlobal("navigator", {
    mediaDevices: {
      getUserMedia: ({ video }: { video: MediaTrackConstraints }) => {
        asked.push(video);
        const exact = (video.deviceId as { exact?: string } | undefined)?.exact;
        const ideal = (video.facingMode as { ideal?: string } | undefined)?.ideal;
        const found =
          cameras.find((c) => c.deviceId === exact) ??
          cameras.find((c) => c.facingMode === ideal) ??
          cameras[0];
        if (!found) return Promise.reject(new DOMException("", "NotFoundError"));
        if (cameras.some((c) => c.live)) return Promise.reject(new DOMException("", "NotReadableError"));
        found.live = true;
        return Promise.resolve({ getTracks: () => [found], getVideoTracks: () => [found] });
      },
      enumerateDevices: () =>
        Promise.resolve(cameras.map(({ deviceId, label }) => ({ kind: "videoinput", deviceId, label }))),
    },
    permissions: { query: () => Promise.resolve({ state: "prompt" }) },
  });
}

const trackOf = (stream: MediaStream) => stream.getVideoTracks()[0] as unknown as FakeCamera;

beforeEach(() => vi.useFakeTimers({ shouldAdvanceTime: true, advanceTimeDelta: 100 }));
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("the rear camera is asked for, and of several the one with a lamp is taken", async () => {
  const cameras = [front(), wide(), main()];
  phone(...cameras);
  expect(trackOf(await openRearCamera()).deviceId).toBe("m");
  expect(asked[0]?.facingMode).toEqual({ ideal: "environment" });
  expect(cameras.filter((camera) => camera.live)).toHaveLength(1);
});

test("where no rear camera has a lamp the first one is opened again", async () => {
  phone(front(), wide(), new FakeCamera("t", "camera 3, facing back", "environment", false));
  expect(trackOf(await openRearCamera()).deviceId).toBe("w");
});

test("a computer's only camera is taken as it is", async () => {
  phone(front());
  expect(trackOf(await openRearCamera()).deviceId).toBe("f");
  expect(asked).toHaveLength(1);
});

test("the lamp is lit with the camera, obeys its switch, and goes out with the camera", async () => {
  const camera = main();
  phone(camera);
  const { result, unmount } = renderHook(() => {
    const opened = useCamera(() => {}, openRearCamera);
    const stream = opened.camera.state === "on" ? opened.camera.stream : null;
    return { ...opened, ...useTorch(stream) };
  });
  expect(result.current.torch).toBe("unknown");
  act(() => result.current.turnOn());
  await waitFor(() => expect(result.current.torch).toBe("on"));
  expect(camera.lit).toBe(true);

  act(() => result.current.light(false));
  await waitFor(() => expect(result.current.torch).toBe("off"));
  act(() => result.current.light(true));
  await waitFor(() => expect(result.current.torch).toBe("on"));

  act(() => result.current.turnOff());
  expect([camera.lit, camera.live, result.current.camera.state]).toEqual([false, false, "off"]);
  expect(result.current.torch).toBe("unknown");

  act(() => result.current.turnOn());
  await waitFor(() => expect(result.current.torch).toBe("on"));
  unmount();
  expect([camera.lit, camera.live]).toEqual([false, false]);
});

test("a camera that opens after it was turned off again is closed at once", async () => {
  const camera = main();
  phone(camera);
  const { result } = renderHook(() => useCamera(() => {}, openRearCamera));
  act(() => {
    result.current.turnOn();
    result.current.turnOff();
  });
  await waitFor(() => expect(result.current.camera.state).toBe("off"));
  expect(camera.live).toBe(false);
});

test("a camera without a lamp is known as such", async () => {
  phone(front());
  const stream = await openRearCamera();
  const { result } = renderHook(() => useTorch(stream));
  await waitFor(() => expect(result.current.torch).toBe("none"));
});
