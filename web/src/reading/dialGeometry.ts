import type { Scale, Zone } from "./bands";

/** Degrees from straight up, clockwise. */
export const START = -115;
export const SWEEP = 230;

export interface Arc {
  zone: Zone;
  from: number;
  to: number;
}

/** Where a value stands on the dial, in degrees; values beyond the ends stand at the ends. */
export function angleOf(scale: Scale, value: number): number {
  const share = (value - scale.min) / (scale.max - scale.min);
  return START + SWEEP * Math.min(1, Math.max(0, share));
}

/** The zone a value belongs to. */
export function zoneOf(scale: Scale, value: number): Zone {
  const zone = scale.zones.find((z) => z.upTo === null || value < z.upTo) ?? scale.zones.at(-1);
  if (!zone) throw new RangeError("a scale needs at least one zone");
  return zone;
}

/** The zones as arcs, made with the same function that places the needle; zones outside the scale's ends vanish. */
export function arcsOf(scale: Scale): Arc[] {
  let from = START;
  return scale.zones
    .map((zone) => {
      const arc = { zone, from, to: zone.upTo === null ? START + SWEEP : angleOf(scale, zone.upTo) };
      from = arc.to;
      return arc;
    })
    .filter((arc) => arc.to > arc.from);
}

/** A point at `radius` from the dial's centre. */
export function pointAt(degrees: number, radius: number, centre: { x: number; y: number }): [number, number] {
  const a = (degrees * Math.PI) / 180;
  return [centre.x + radius * Math.sin(a), centre.y - radius * Math.cos(a)];
}

/** An SVG path along the circle of `radius`. */
export function arcPath(from: number, to: number, radius: number, centre: { x: number; y: number }): string {
  const [x1, y1] = pointAt(from, radius, centre);
  const [x2, y2] = pointAt(to, radius, centre);
  const n = (v: number) => v.toFixed(2);
  return `M${n(x1)} ${n(y1)}A${radius} ${radius} 0 ${to - from > 180 ? 1 : 0} 1 ${n(x2)} ${n(y2)}`;
}
