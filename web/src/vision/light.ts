import type { Area } from "./cells";
import { LIGHT } from "./face.json";
import { at } from "./numbers";
import type { Picture } from "./picture";

/** How the light falls on a face, in levels of 0..255. */
export interface Light {
  /** Mean luma of the face. */
  readonly brightness: number;
  /** By how much the rest of the picture is brighter than the face; 0 where there is no rest. */
  readonly backlight: number;
}

/** The light on the face in that box (x, y, width, height). */
export function lightOn(picture: Picture, [x, y, w, h]: readonly [number, number, number, number]): Light {
  const { width, height } = picture;
  const area = {
    left: Math.max(Math.trunc(x), 0),
    top: Math.max(Math.trunc(y), 0),
    right: Math.min(Math.trunc(x + w) + 1, width),
    bottom: Math.min(Math.trunc(y + h) + 1, height),
  };
  const brightness = lumaOf(picture, area);
  if (Number.isNaN(brightness)) return { brightness, backlight: 0 };
  const share = ((area.right - area.left) * (area.bottom - area.top)) / (width * height);
  const whole = lumaOf(picture, { left: 0, top: 0, right: width, bottom: height });
  const around = share < LIGHT.MOST ? (whole - share * brightness) / (1 - share) : brightness;
  return { brightness, backlight: around - brightness };
}

/** Mean luma (BT.601) of some pixels of the area, evenly spread; NaN when it has none. */
function lumaOf({ data, width }: Picture, { left, top, right, bottom }: Area): number {
  const step = Math.max(Math.trunc(Math.min(right - left, bottom - top) / LIGHT.SAMPLES), 1);
  let [sum, pixels] = [0, 0];
  for (let y = top; y < bottom; y += step) {
    for (let x = left; x < right; x += step) {
      const i = 4 * (y * width + x);
      sum += 0.299 * at(data, i) + 0.587 * at(data, i + 1) + 0.114 * at(data, i + 2);
      pixels++;
    }
  }
  return sum / pixels;
}
