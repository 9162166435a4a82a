import { useSyncExternalStore } from "react";

export type Route =
  | { screen: "measure" }
  | { screen: "finger" }
  | { screen: "upload" }
  | { screen: "photo" }
  | { screen: "history" }
  | { screen: "result"; id: string };

/** The screen an address names; anything unknown leads to the start. */
export function parseRoute(hash: string): Route {
  const [screen, id] = hash.replace(/^#\/?/, "").split("/");
  if (screen === "finger" || screen === "upload" || screen === "photo" || screen === "history")
    return { screen };
  if (screen === "result" && id) {
    try {
      return { screen, id: decodeURIComponent(id) };
    } catch {
      // A broken escape names no result.
    }
  }
  return { screen: "measure" };
}

export function addressOf(route: Route): string {
  if (route.screen === "measure") return "#/";
  return route.screen === "result" ? `#/result/${encodeURIComponent(route.id)}` : `#/${route.screen}`;
}

export function go(route: Route): void {
  window.location.hash = addressOf(route);
}

function subscribe(onChange: () => void): () => void {
  window.addEventListener("hashchange", onChange);
  return () => window.removeEventListener("hashchange", onChange);
}

export function useRoute(): Route {
  return parseRoute(useSyncExternalStore(subscribe, () => window.location.hash));
}
