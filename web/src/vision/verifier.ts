import type { Crop } from "./crop";
import { VERIFIER } from "./face.json";
import type { Networks } from "./networks";
import type { Picture } from "./picture";

/** VOUCHED where there is a face in the crops whatever the mesh thinks of it, else 0. */
export async function vouchedFor(
  networks: Networks,
  picture: Picture,
  ...crops: readonly Crop[]
): Promise<number> {
  return (await networks.believe(picture, ...crops)) >= VERIFIER.MIN_BELIEF ? VERIFIER.VOUCHED : 0;
}
