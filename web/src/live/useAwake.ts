import { useEffect } from "react";

/** Keeps the screen lit while `active`: a screen that goes dark hides the page, and a hidden page gets no pictures. */
export function useAwake(active: boolean): void {
  useEffect(() => {
    // Not every browser has it, whatever its type says; without it the person's own settings rule.
    if (!active || !("wakeLock" in navigator)) return;
    const held = navigator.wakeLock.request("screen").catch(() => null);
    return () => {
      void held.then((lock) => lock?.release());
    };
  }, [active]);
}
