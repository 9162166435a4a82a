import { afterEach, expect, test, vi } from "vitest";
import { cameraProblem, missingCameraInterface } from "./camera";

afterEach(() => vi.unstubAllGlobals());

test.each([
  ["NotAllowedError", "refused"],
  ["NotFoundError", "missing"],
  ["OverconstrainedError", "missing"],
  ["NotReadableError", "in-use"],
  ["SomethingNewError", "unknown"],
])("%s is explained as %s, with something to do", (name, kind) => {
  const problem = cameraProblem(new DOMException("", name));
  expect(problem.kind).toBe(kind);
  expect(problem.advice).not.toBe("");
});

test("outside https and localhost the address is named as the cause", () => {
  vi.stubGlobal("isSecureContext", false);
  expect(missingCameraInterface()?.kind).toBe("insecure");
  expect(missingCameraInterface()?.advice).toContain("https://");
});
