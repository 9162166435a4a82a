import * as ort from "onnxruntime-web/wasm";
import runtime from "onnxruntime-web/ort-wasm-simd-threaded.wasm?url";
import type { Picture } from "./picture";

/** Opens a network's file under ONNX Runtime's WebAssembly build, on one thread. Throws without WebAssembly. */
export async function openNetwork(file: string): Promise<ort.InferenceSession> {
  ort.env.wasm.wasmPaths = { wasm: runtime };
  // More threads would need a page that is isolated from other origins, and these networks gain nothing by them.
  ort.env.wasm.numThreads = 1;
  return ort.InferenceSession.create(file, { executionProviders: ["wasm"] });
}

export function tensorOf(type: "float32", data: Float32Array, shape: readonly number[]): ort.Tensor {
  return new ort.Tensor(type, data, shape);
}

/** The picture as (1, height, width, 4). */
export function tensorOfPicture({ data, width, height }: Picture): ort.Tensor {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return new ort.Tensor("uint8", bytes, [1, height, width, 4]);
}
