/** The worker that watches the face, so that neither the page nor the server has to wait for it. */

import { openNetworks } from "./networks";
import { PixelReader } from "./pixels";
import type { Answer } from "./pictures";
import type { Shown, Sight } from "./sight";
import { FaceWatcher } from "./watcher";

function answer(message: Answer<Sight>, transfer: Transferable[] = []): void {
  postMessage(message, { transfer });
}

function giveUp(error: unknown): void {
  console.warn("The face is not followed in this browser:", error);
  answer({ ready: false });
}

async function work(): Promise<void> {
  const watcher = new FaceWatcher(await openNetworks());
  const reader = new PixelReader();
  const see = async ({ picture, timeS, cameraFps }: Shown) => {
    const sight = await watcher.see(reader.read(picture), timeS, cameraFps);
    answer({ sight }, sight.face ? [sight.face.landmarks.buffer] : []);
  };
  addEventListener("message", ({ data }: MessageEvent<Shown>) => void see(data).catch(giveUp));
  answer({ ready: true });
}

work().catch(giveUp);
