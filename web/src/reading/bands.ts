import { useEffect, useState } from "react";
import { getJson } from "../api/http";

/** The one place that knows how the server describes a reading's scale. */

export type Tone = "good" | "mild" | "caution" | "alert" | "neutral";

/** One coloured stretch of a scale: from where the zone before it ends up to, but not including, `upTo`. */
export interface Zone {
  /** null: open-ended, only in the last zone. */
  upTo: number | null;
  label: string;
  tone: Tone;
}

/** What a dial shows: `min` to `max` in the reading's unit, cut into zones that leave no gap. */
export interface Scale {
  min: number;
  max: number;
  zones: Zone[];
}

export type Scales = Record<string, Scale>;

let known: Promise<Scales> | null = null;

/** The scales of all readings, asked for once. Without them readings are shown as plain figures. */
export function loadScales(): Promise<Scales> {
  known ??= getJson<Scales>("/api/bands").catch(() => {
    known = null;
    return {};
  });
  return known;
}

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

/** The scale with its ends moved outward where a zone would otherwise have no place on it. */
export function roomForAllZones(scale: Scale): Scale {
  const borders = scale.zones.flatMap((zone) => (zone.upTo === null ? [] : [zone.upTo]));
  const low = Math.min(scale.min, scale.max, ...borders);
  const high = Math.max(scale.min, scale.max, ...borders);
  const room = (high - low) * 0.1 || 1;
  return {
    zones: scale.zones,
    min: borders.length && low >= Math.min(...borders) ? low - room : low,
    max: (borders.length && high <= Math.max(...borders)) || high <= low ? high + room : high,
  };
}
