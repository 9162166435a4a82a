import { useCallback, useEffect, useReducer, useRef } from "react";
import { checkPhoto, sentenceOf } from "../api/http";
import type { CheckedPhoto } from "../api/types";

/** One input: a picture, or the slices of one series. */
export interface Photo {
  key: number;
  name: string;
  /** Address of the picture as the person gave it; null where the browser cannot show it. */
  shown: string | null;
  state: "waiting" | "looking" | "done" | "failed";
  problem: string | null;
  answer: CheckedPhoto | null;
}

type Change =
  { type: "add"; photos: Photo[] } | { type: "set"; key: number; fields: Partial<Photo> } | { type: "clear" };

function reduce(photos: Photo[], change: Change): Photo[] {
  if (change.type === "clear") return [];
  if (change.type === "add") return [...change.photos, ...photos];
  return photos.map((photo) => (photo.key === change.key ? { ...photo, ...change.fields } : photo));
}

interface Task {
  key: number;
  files: File[];
  kind: string;
  person: Record<string, string>;
}

/** The pictures of this visit: shown to the server one after another, kept in this page alone. */
export function usePhotos(): {
  photos: Photo[];
  add: (groups: File[][], kind: string, person: Record<string, string>) => number | null;
  clear: () => void;
} {
  const [photos, change] = useReducer(reduce, []);
  const keys = useRef(0);
  const tasks = useRef<Task[]>([]);
  const busy = useRef<AbortController | null>(null);
  const addresses = useRef<string[]>([]);

  const work = useCallback(async () => {
    if (busy.current) return;
    const abort = new AbortController();
    busy.current = abort;
    for (let task = tasks.current.shift(); task; task = tasks.current.shift()) {
      const { key } = task;
      change({ type: "set", key, fields: { state: "looking" } });
      try {
        const answer = await checkPhoto(task.files, task.kind, task.person, abort.signal);
        change({ type: "set", key, fields: { state: "done", answer } });
      } catch (error) {
        if (abort.signal.aborted) return;
        change({ type: "set", key, fields: { state: "failed", problem: sentenceOf(error) } });
      }
    }
    busy.current = null;
  }, []);

  const add = useCallback(
    (groups: File[][], kind: string, person: Record<string, string>) => {
      const added = groups.flatMap((files): Photo[] => {
        const [first] = files;
        if (!first) return [];
        const shown = files.length === 1 && showable(first) ? URL.createObjectURL(first) : null;
        if (shown) addresses.current.push(shown);
        const key = ++keys.current;
        tasks.current.push({ key, files, kind, person });
        const name = files.length === 1 ? first.name : `${first.name} and ${files.length - 1} more`;
        return [{ key, name, shown, state: "waiting", problem: null, answer: null }];
      });
      change({ type: "add", photos: added });
      void work();
      return added[0]?.key ?? null;
    },
    [work],
  );

  const forget = useCallback(() => {
    busy.current?.abort();
    busy.current = null;
    tasks.current = [];
    for (const address of addresses.current.splice(0)) URL.revokeObjectURL(address);
  }, []);

  const clear = useCallback(() => {
    forget();
    change({ type: "clear" });
  }, [forget]);

  useEffect(() => forget, [forget]);

  return { photos, add, clear };
}

function showable(file: File): boolean {
  return /^image\/(jpeg|png|webp|bmp)$/.test(file.type);
}
