import type * as ort from "onnxruntime-web/wasm";
import finderFull from "../../../src/vitascope/models/face_finder_full/model.onnx?url";
import finderShort from "../../../src/vitascope/models/face_finder_short/model.onnx?url";
import mesh from "../../../src/vitascope/models/face_mesh/model.onnx?url";
import verifier from "../../../src/vitascope/models/face_verifier/model.onnx?url";
import visibility from "../../../src/vitascope/models/face_visibility/model.onnx?url";
import type { Crop } from "./crop";
import { VERIFIER, VISIBILITY } from "./face.json";
import type { Landmarks } from "./landmarks";
import { at } from "./numbers";
import { openNetwork, tensorOf, tensorOfPicture } from "./onnx";
import type { Picture } from "./picture";
import type { Visibility } from "./visibility";

/** The face networks: the very files that the server runs. */
export interface Networks {
  /** A finder's output: 17 numbers a face (score, box, six points), in pixels of the picture, surest first. */
  findFaces: (name: string, picture: Picture) => Promise<Float32Array>;
  /** Landmarks in pixels of the picture, and how sure it is that the crop shows a face, 0..1. */
  placeMesh: (picture: Picture, crop: Crop) => Promise<{ landmarks: Landmarks; sure: number }>;
  /** How likely an upright face, masked or not, fills the crops, 0..1: the mean of the log-odds of several looks. */
  believe: (picture: Picture, ...crops: readonly Crop[]) => Promise<number>;
  /** What is hidden of the face in the crop. */
  lookAt: (picture: Picture, crop: Crop) => Promise<Visibility>;
}

const FILES: Readonly<Record<string, string>> = {
  face_finder_short: finderShort,
  face_finder_full: finderFull,
  face_mesh: mesh,
  face_verifier: verifier,
  face_visibility: visibility,
};

/** Opens the networks. Throws where there is no WebAssembly. */
export async function openNetworks(): Promise<Networks> {
  const sessions = new Map<string, ort.InferenceSession>();
  for (const [name, file] of Object.entries(FILES)) sessions.set(name, await openNetwork(file));

  const run = async (name: string, inputs: Record<string, ort.Tensor>) => {
    const session = sessions.get(name);
    if (!session) throw new Error(`there is no network called ${name}`);
    const outputs = await session.run(inputs);
    return (output: string) => outputs[output]?.data as Float32Array;
  };

  return {
    findFaces: async (name, picture) => (await run(name, { picture: tensorOfPicture(picture) }))("faces"),
    placeMesh: async (picture, crop) => {
      const output = await run("face_mesh", { picture: tensorOfPicture(picture), crop: squareOf(crop) });
      return { landmarks: Float64Array.from(output("landmarks")), sure: at(output("face"), 0) };
    },
    believe: async (picture, ...crops) => {
      let odds = 0;
      for (const crop of crops) {
        const output = await run("face_verifier", {
          picture: tensorOfPicture(picture),
          crop: squareOf(crop),
        });
        const p = Math.min(Math.max(at(output("face"), 0), VERIFIER.LEAST), 1 - VERIFIER.LEAST);
        odds += Math.log(p / (1 - p)) / crops.length;
      }
      return 1 / (1 + Math.exp(-odds));
    },
    lookAt: async (picture, crop) => {
      const output = await run("face_visibility", {
        picture: tensorOfPicture(picture),
        crop: squareOf(crop),
      });
      return {
        hidden: byName(VISIBILITY.PARTS, output("hidden")),
        by: byName(VISIBILITY.OCCLUDERS, output("by")),
        skin: output("skin").slice(),
        crop,
      };
    },
  };
}

function byName(names: readonly string[], values: Float32Array): Record<string, number> {
  return Object.fromEntries(names.map((name, i) => [name, at(values, i)]));
}

function squareOf({ x, y, side, angle }: Crop): ort.Tensor {
  return tensorOf("float32", Float32Array.of(x, y, side, angle), [4]);
}
