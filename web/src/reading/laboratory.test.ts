import { beforeEach, expect, test, vi } from "vitest";
import { haemoglobinOf, keepLaboratoryValues, laboratoryValues } from "./laboratory";

const kept = new Map<string, string>();

beforeEach(() => {
  kept.clear();
  vi.stubGlobal("localStorage", {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => kept.set(key, value),
    removeItem: (key: string) => kept.delete(key),
  });
});

test("values are kept, and nothing stays of them when the last one goes", () => {
  const value = { hb: 13.1, estimate: 12.4, date: "2026-11-27" };
  keepLaboratoryValues([value]);
  expect(laboratoryValues()).toEqual([value]);
  keepLaboratoryValues([]);
  expect(kept.size).toBe(0);
});

test.each(["nonsense", "{}", '[{"hb":13}]', '[{"hb":130,"estimate":12,"date":"2026-11-27"}]', "[null]"])(
  "what somebody else left there (%s) is not taken for values",
  (text) => {
    kept.set("vitascope.laboratory", text);
    expect(laboratoryValues()).toEqual([]);
  },
);

test("a comma is a decimal point, and grams a litre are no grams a decilitre", () => {
  expect(haemoglobinOf(" 13,2 ")).toBe(13.2);
  for (const text of ["", "132", "abc", "-3"]) expect(haemoglobinOf(text)).toBeNull();
});
