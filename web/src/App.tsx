import { useEffect, useRef, useState } from "react";
import { Consent, consentGiven } from "./components/Consent";
import { addressOf, type Route, useRoute } from "./router";
import { FingertipScreen } from "./screens/FingertipScreen";
import { HistoryScreen } from "./screens/HistoryScreen";
import { MeasureScreen } from "./screens/MeasureScreen";
import { PhotoScreen } from "./screens/PhotoScreen";
import { ResultScreen } from "./screens/ResultScreen";
import { UploadScreen } from "./screens/UploadScreen";

const TITLES: Record<Route["screen"], string> = {
  measure: "Measure",
  finger: "Fingertip",
  upload: "Video file",
  photo: "Photo",
  history: "History",
  result: "Result",
};

const LINKS: { route: Route; text: string }[] = [
  { route: { screen: "measure" }, text: "Measure" },
  { route: { screen: "photo" }, text: "Photo" },
  { route: { screen: "upload" }, text: "Video file" },
  { route: { screen: "history" }, text: "History" },
];

/** Both ways to measure with the camera stand under one link. */
function isUnder(link: Route, shown: Route): boolean {
  return link.screen === (shown.screen === "finger" ? "measure" : shown.screen);
}

export function App() {
  const route = useRoute();
  const [agreed, setAgreed] = useState(consentGiven);
  const main = useRef<HTMLElement>(null);
  const shown = useRef(addressOf(route));

  useEffect(() => {
    document.title = `${TITLES[route.screen]} · Vitascope`;
    // The first screen leaves the focus where the browser put it; a change of screen is announced by its heading.
    if (shown.current !== addressOf(route)) {
      shown.current = addressOf(route);
      window.scrollTo(0, 0);
      main.current?.focus();
    }
  }, [route]);

  return (
    <div className="shell">
      <button type="button" className="skip" onClick={() => main.current?.focus()}>
        Skip to content
      </button>
      <header className="bar">
        <a className="brand" href="#/">
          <img src="/icon.svg" alt="" width="28" height="28" />
          <span>Vitascope</span>
        </a>
        <nav aria-label="Screens">
          {LINKS.map(({ route: to, text }) => (
            <a key={text} href={addressOf(to)} aria-current={isUnder(to, route) ? "page" : undefined}>
              {text}
            </a>
          ))}
        </nav>
      </header>
      <main id="main" ref={main} tabIndex={-1}>
        {route.screen === "history" && <HistoryScreen />}
        {route.screen === "result" && <ResultScreen key={route.id} id={route.id} />}
        {route.screen !== "history" && route.screen !== "result" && !agreed && (
          <Consent onAgree={() => setAgreed(true)} />
        )}
        {agreed && route.screen === "measure" && <MeasureScreen />}
        {agreed && route.screen === "finger" && <FingertipScreen />}
        {agreed && route.screen === "upload" && <UploadScreen />}
        {agreed && route.screen === "photo" && <PhotoScreen />}
      </main>
      <footer className="foot">
        Vitascope is not a medical device: its readings are for information and never a diagnosis.
      </footer>
    </div>
  );
}
