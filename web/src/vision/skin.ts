import { at } from "./numbers";
import type { Visibility } from "./visibility";

/** How surely the picture shows bare skin at a place (in pixels), 0..1; 0 outside of the crop that was looked at. */
export function skinMap({ skin, crop }: Pick<Visibility, "skin" | "crop">): (x: number, y: number) => number {
  const cells = Math.sqrt(skin.length);
  const [cos, sin] = [Math.cos(crop.angle), Math.sin(crop.angle)];
  const [scale, middle] = [cells / crop.side, (cells - 1) / 2];
  return (x, y) => {
    const [dx, dy] = [x - crop.x, y - crop.y];
    const column = Math.round(scale * (cos * dx + sin * dy) + middle);
    const row = Math.round(scale * (cos * dy - sin * dx) + middle);
    return column >= 0 && row >= 0 && column < cells && row < cells ? at(skin, row * cells + column) : 0;
  };
}
