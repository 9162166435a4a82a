import { REGIONS } from "./face.json";
import { at } from "./numbers";
import type { Visibility } from "./visibility";

/** How much the picture counts as bare skin at a place (in pixels), 0..1; 0 outside of the crop that was looked at. */
export function skinMap({ skin, crop }: Pick<Visibility, "skin" | "crop">): (x: number, y: number) => number {
  const cells = Math.sqrt(skin.length);
  const [cos, sin] = [Math.cos(crop.angle), Math.sin(crop.angle)];
  const [scale, middle] = [cells / crop.side, (cells - 1) / 2];
  return (x, y) => {
    const [dx, dy] = [x - crop.x, y - crop.y];
    const column = Math.round(scale * (cos * dx + sin * dy) + middle);
    const row = Math.round(scale * (cos * dy - sin * dx) + middle);
    if (column < 0 || row < 0 || column >= cells || row >= cells) return 0;
    const sure = (at(skin, row * cells + column) - REGIONS.NO_SKIN) / (REGIONS.CLEAR_SKIN - REGIONS.NO_SKIN);
    return Math.min(Math.max(sure, 0), 1);
  };
}
