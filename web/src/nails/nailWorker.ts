/** The worker that finds nails in the camera's picture, so that neither the page nor the server has to wait. */

import detector from "../../../src/vitascope/models/nail_detector/model.onnx?url";
import { openNetwork, tensorOfPicture } from "../vision/onnx";
import type { Answer } from "../vision/pictures";
import { PixelReader } from "../vision/pixels";
import { type LiveHand, nailsOf } from "./nail";

function answer(message: Answer<LiveHand>): void {
  postMessage(message);
}

function giveUp(error: unknown): void {
  console.warn("Nails are not shown live in this browser:", error);
  answer({ ready: false });
}

async function work(): Promise<void> {
  const network = await openNetwork(detector);
  const reader = new PixelReader();
  const see = async (bitmap: ImageBitmap) => {
    const picture = reader.read(bitmap);
    const { nails, score } = await network.run({ picture: tensorOfPicture(picture) });
    const { width, height } = picture;
    const seen = nailsOf(nails?.data as Float32Array, score?.data as Float32Array, picture);
    answer({ sight: { nails: seen, width, height } });
  };
  addEventListener("message", ({ data }: MessageEvent<{ picture: ImageBitmap }>) => {
    see(data.picture).catch(giveUp);
  });
  answer({ ready: true });
}

work().catch(giveUp);
