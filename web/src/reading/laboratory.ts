/** A haemoglobin value from a laboratory and what the camera estimated around that day, g/dL. */
export interface LaboratoryValue {
  readonly hb: number;
  readonly estimate: number;
  /** Day of the blood test, as in 2026-11-27. */
  readonly date: string;
}

const KEY = "vitascope.laboratory";
const [LEAST, MOST] = [2, 25];

/** The values of the person who uses this browser. They leave it only with a picture of that person's nails. */
export function laboratoryValues(): LaboratoryValue[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(kept) ? kept.filter(isValue) : [];
  } catch {
    return [];
  }
}

export function keepLaboratoryValues(values: readonly LaboratoryValue[]): void {
  try {
    if (values.length > 0) localStorage.setItem(KEY, JSON.stringify(values));
    else localStorage.removeItem(KEY);
  } catch {
    // Where the browser keeps nothing, they last as long as the page.
  }
}

/** A number somebody typed, g/dL; null when it cannot be a haemoglobin value. */
export function haemoglobinOf(text: string): number | null {
  const value = Number(text.trim().replace(",", "."));
  return text.trim() !== "" && isHb(value) ? value : null;
}

function isHb(value: unknown): value is number {
  return typeof value === "number" && value >= LEAST && value <= MOST;
}

function isValue(kept: unknown): kept is LaboratoryValue {
  if (typeof kept !== "object" || kept === null) return false;
  const { hb, estimate, date } = kept as Record<string, unknown>;
  return isHb(hb) && isHb(estimate) && typeof date === "string" && /^\d{4}-\d\d-\d\d$/.test(date);
}
