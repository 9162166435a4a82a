import { useEffect, useState } from "react";
import { getJson } from "../api/http";
import type { WireScale } from "../api/types";

export type Tone = "good" | "caution" | "warning" | "alert" | "neutral";

const TONES: Record<string, Tone> = { green: "good", yellow: "caution", orange: "warning", red: "alert" };

/** One coloured stretch of a scale: from where the zone before it ends up to, but not including, `upTo`. */
export interface Zone {
  /** null: open-ended, only in the last zone. */
  upTo: number | null;
  label: string;
  tone: Tone;
}

/** What a dial shows: `min` to `max` in the reading's unit, cut into zones that leave no gap. */
export interface Scale {
  title: string;
  min: number;
  max: number;
  /** Decimals that a value keeps at least. */
  digits?: number;
  zones: Zone[];
}

export type Scales = Record<string, Scale>;

export function scalesFromWire(wire: Record<string, WireScale>): Scales {
  return Object.fromEntries(
    Object.entries(wire).map(([name, { title, low, high, digits = 0, zones }]) => [
      name,
      roomForAllZones({
        title,
        min: low,
        max: high,
        digits,
        zones: zones.map(({ upper, label, colour }) => ({
          upTo: upper,
          label: label.charAt(0).toUpperCase() + label.slice(1),
          tone: TONES[colour] ?? "neutral",
        })),
      }),
    ]),
  );
}

/** A scale of one zone names no agreed limits, so there is nothing for a dial to show. */
export function hasZones(scale: Scale | undefined): scale is Scale {
  return scale !== undefined && scale.zones.length > 1;
}

/** The scale with its ends moved outward where a zone would otherwise have no place on it. */
export function roomForAllZones(scale: Scale): Scale {
  const borders = scale.zones.flatMap((zone) => (zone.upTo === null ? [] : [zone.upTo]));
  const low = Math.min(scale.min, scale.max, ...borders);
  const high = Math.max(scale.min, scale.max, ...borders);
  const room = (high - low) * 0.1 || 1;
  return {
    ...scale,
    min: borders.length && low >= Math.min(...borders) ? low - room : low,
    max: (borders.length && high <= Math.max(...borders)) || high <= low ? high + room : high,
  };
}

let known: Promise<Scales> | null = null;

/** The scales of all readings, asked for once. Without them readings are shown as plain figures. */
function loadScales(): Promise<Scales> {
  known ??= getJson<Record<string, WireScale>>("/api/bands")
    .then(scalesFromWire)
    .catch(() => {
      known = null;
      return {};
    });
  return known;
}

/** null while they are on their way. */
export function useScales(): Scales | null {
  const [scales, setScales] = useState<Scales | null>(null);
  useEffect(() => {
    let shown = true;
    void loadScales().then((found) => shown && setScales(found));
    return () => {
      shown = false;
    };
  }, []);
  return scales;
}
