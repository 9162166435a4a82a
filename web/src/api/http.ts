import type { CheckedPhoto, CheckOffered, Kind, Measurement } from "./types";

/** An answer that is not a success; `message` is one sentence for the person. */
export class ProblemError extends Error {
  constructor(
    message: string,
    readonly status: number,
  ) {
    super(message);
    this.name = "ProblemError";
  }
}

/** What can be told to a person about anything that was thrown. */
export function sentenceOf(error: unknown): string {
  return error instanceof ProblemError ? error.message : "Something went wrong in the page. Try again.";
}

const UNREACHABLE = "The server cannot be reached. Check that it is running, then try again.";

/** The sentence of a problem document (RFC 9457), or a general one when the answer is something else. */
export function problemSentence(status: number, body: string): string {
  try {
    const detail = (JSON.parse(body) as { detail?: unknown }).detail;
    if (typeof detail === "string" && detail) return detail;
  } catch {
    // Not JSON: a proxy in between may answer in its own way.
  }
  return status === 413
    ? "This file is too large for the server."
    : `The server answered with error ${status}.`;
}

async function call(path: string, init?: RequestInit): Promise<Response> {
  let answer: Response;
  try {
    answer = await fetch(path, init);
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ProblemError(UNREACHABLE, 0);
  }
  if (!answer.ok) throw new ProblemError(problemSentence(answer.status, await answer.text()), answer.status);
  return answer;
}

export async function getJson<T>(path: string, signal?: AbortSignal): Promise<T> {
  const answer = await call(path, signal ? { signal } : {});
  return (await answer.json()) as T;
}

export function getMeasurement(id: string, signal?: AbortSignal): Promise<Measurement> {
  return getJson(`/api/measurements/${encodeURIComponent(id)}`, signal);
}

export async function listMeasurements(
  limit: number,
  before?: string,
  signal?: AbortSignal,
): Promise<Measurement[]> {
  const query = new URLSearchParams({ limit: String(limit) });
  if (before) query.set("before", before);
  return (await getJson<{ items: Measurement[] }>(`/api/measurements?${query}`, signal)).items;
}

export async function deleteMeasurement(id: string): Promise<void> {
  await call(`/api/measurements/${encodeURIComponent(id)}`, { method: "DELETE" });
}

/** Sends a clip; without a kind the server recognises what it shows. `fetch` cannot tell how much of a body has gone out, so this is an XMLHttpRequest. */
export function uploadClip(
  file: File,
  kind: Kind | null,
  onSent: (share: number) => void,
  signal: AbortSignal,
): Promise<Measurement> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", "/api/measurements");
    request.upload.onprogress = (e) => e.lengthComputable && onSent(e.loaded / e.total);
    request.onload = () => {
      if (request.status >= 200 && request.status < 300)
        resolve(JSON.parse(request.responseText) as Measurement);
      else reject(new ProblemError(problemSentence(request.status, request.responseText), request.status));
    };
    request.onerror = () => reject(new ProblemError(UNREACHABLE, 0));
    request.onabort = () => reject(new DOMException("cancelled", "AbortError"));
    signal.addEventListener("abort", () => request.abort());
    const form = new FormData();
    form.append("clip", file, file.name);
    if (kind) form.append("kind", kind);
    request.send(form);
  });
}

/** The photo checks, and the formats beyond the usual ones that the server reads. */
export function listChecks(signal?: AbortSignal): Promise<{ items: CheckOffered[]; formats: string[] }> {
  return getJson("/api/checks", signal);
}

/** One picture, or the files of one CT series, looked at as `kind`; "auto" lets the server recognise it. */
export async function checkPhoto(
  files: File[],
  kind: string,
  person: Record<string, string>,
  signal: AbortSignal,
): Promise<CheckedPhoto> {
  const form = new FormData();
  for (const [name, value] of Object.entries(person)) form.append(name, value);
  for (const file of files) form.append("picture", file, file.name);
  const path = `/api/checks/${encodeURIComponent(kind)}?preview=true`;
  const answer = await call(path, { method: "POST", body: form, signal });
  return (await answer.json()) as CheckedPhoto;
}

const POLL_MS = 400;

/** Asks again and again until the measurement is done or failed. */
export async function waitForMeasurement(
  first: Measurement,
  onProgress: (share: number) => void,
  signal: AbortSignal,
): Promise<Measurement> {
  let measurement = first;
  while (measurement.status === "queued" || measurement.status === "running") {
    onProgress(measurement.progress);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    signal.throwIfAborted();
    measurement = await getMeasurement(measurement.id, signal);
  }
  return measurement;
}
