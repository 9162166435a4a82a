import { expect, test } from "vitest";
import type { Report } from "../api/types";
import { reportFileName } from "./download";

test("a saved report is named by the time it was made", () => {
  expect(reportFileName({ created: "2026-01-01T10:00:00Z" } as Report)).toBe(
    "vitascope-20260101-100000.json",
  );
});
