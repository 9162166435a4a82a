import { addressOf, type Route } from "../router";

const TABS: { route: Route; text: string; hint: string }[] = [
  { route: { screen: "measure" }, text: "Face", hint: "without touching" },
  { route: { screen: "finger" }, text: "Fingertip", hint: "on the lens" },
];

/** The two ways to measure with the camera. */
export function MeasureTabs({ shown }: { shown: Route["screen"] }) {
  return (
    <nav className="tabs" aria-label="What to measure on">
      {TABS.map(({ route, text, hint }) => (
        <a key={text} href={addressOf(route)} aria-current={route.screen === shown ? "page" : undefined}>
          <span className="tab-main">{text}</span> <span className="tab-hint">{hint}</span>
        </a>
      ))}
    </nav>
  );
}
