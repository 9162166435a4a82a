import type { Measurement, Report } from "../api/types";

/** Reports that came over the live socket, so that their result shows at once, without asking the server again. */
const recent = new Map<string, Measurement>();

export function rememberMeasurement(id: string, report: Report): void {
  recent.clear();
  recent.set(id, {
    id,
    created: report.created,
    source: "live",
    name: null,
    kind: report.kind,
    status: "done",
    progress: 1,
    reason: null,
    report,
  });
}

export function recentMeasurement(id: string): Measurement | null {
  return recent.get(id) ?? null;
}
