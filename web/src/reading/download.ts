import type { Report } from "../api/types";

/** "vitascope-20260101-100000.json" */
export function reportFileName(report: Report): string {
  return `vitascope-${report.created.replace(/[-:]|\.\d+|Z$/g, "").replace("T", "-")}.json`;
}

/** Hands the report to the browser as a file to save. */
export function saveReport(report: Report): void {
  const address = URL.createObjectURL(
    new Blob([JSON.stringify(report, null, 2)], { type: "application/json" }),
  );
  const link = document.createElement("a");
  link.href = address;
  link.download = reportFileName(report);
  link.click();
  // The click only starts the saving; the address must outlive this turn.
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
