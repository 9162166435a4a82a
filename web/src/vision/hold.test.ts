// @vitest-environment node
import { expect, test } from "vitest";
import { Hold } from "./hold";

test("a sentence comes at once and stays long enough to be read", () => {
  const hold = new Hold(1);
  expect(hold.step(null, 0)).toBeNull();
  expect(hold.step("a", 0.1)).toBe("a");
  expect(hold.step("b", 0.5)).toBe("a");
  expect(hold.step(null, 0.9)).toBe("a");
  expect(hold.step("b", 1.2)).toBe("b");
  expect(hold.step(null, 3)).toBeNull();
  expect(hold.step("c", 3.01)).toBe("c");
});
