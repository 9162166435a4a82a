import type { Finding, Report } from "../api/types";
import { naming } from "../reading/naming";

/** The classes of a finding, most probable first. */
export function ranked(finding: Finding): [string, number][] {
  return Object.entries(finding.probabilities).sort(([, a], [, b]) => b - a);
}

export function titleOf(finding: Finding, name: string): string {
  return finding.classes[name]?.title ?? name.replaceAll("_", " ");
}

/** A probability; one that rounds to certainty is never shown as certainty. */
export function share(p: number): string {
  if (p > 0.99) return "over 99 %";
  return p < 0.01 ? "under 1 %" : `${Math.round(p * 100)} %`;
}

/** The answer in a word or two: what a list has room for. */
export function outcomeOf(finding: Finding): string {
  if (finding.status === "rejected") return "Not judged";
  return finding.top === null ? "Not sure" : titleOf(finding, finding.top);
}

/** Everything a report of a photo found, in one line. */
export function summaryOf(report: Report): string {
  const outcomes = Object.values(report.findings).map((f) => `${f.title}: ${outcomeOf(f)}`);
  const readings = Object.entries(report.readings).map(([name, reading]) => {
    const said = reading.value === null ? "not given" : `${reading.value.toFixed(1)} ${reading.unit}`;
    return `${naming(name).title}: ${said}`;
  });
  return [...new Set([...outcomes, ...readings])].join(". ");
}

/** Whether a report is of a photo. */
export function isPhoto(report: Report): boolean {
  return Object.keys(report.findings).length > 0 || Boolean(report.picture);
}
