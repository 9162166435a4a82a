// @vitest-environment node
// jsdom's files cannot be read as bytes.
import { expect, test } from "vitest";
import { grouped, isDicom } from "./group";

const picture = new File(["\u0089PNG and so on"], "a.png");
const slice = (name: string) => new File([new Uint8Array(128), "DICM", "rest"], name);

test("DICOM is told by its bytes, not by its name", async () => {
  expect(await isDicom(slice("anything"))).toBe(true);
  expect(await isDicom(picture)).toBe(false);
  expect(await isDicom(new File([], "empty.dcm"))).toBe(false);
});

test("pictures stand alone, and DICOM files are slices of one series", async () => {
  const [one, two] = [slice("1"), slice("2")];
  expect(await grouped([one, picture, two], false)).toEqual([[picture], [one, two]]);
  expect(await grouped([picture, picture], false)).toEqual([[picture], [picture]]);
  expect(await grouped([picture, picture], true)).toEqual([[picture, picture]]);
  expect(await grouped([], true)).toEqual([]);
});
