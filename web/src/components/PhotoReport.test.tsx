import { cleanup, render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, test } from "vitest";
import { finding, photoReport } from "../photo/made";
import { PhotoReport } from "./PhotoReport";

afterEach(cleanup);

const LAYER = { label: "nv", title: "Mole", picture: "data:image/png;base64,AA" };

test("an answer is shown with its probability, meaning, next step, set, accuracy and limits", () => {
  render(
    <PhotoReport report={photoReport()} scales={{}} name="a.jpg" picture="a" heatmaps={{ skin: LAYER }} />,
  );
  const card = screen.getByRole("article");
  expect(card.textContent).toContain("The picture looks most like Mole");
  expect(card.textContent).toContain("94 %");
  expect(within(card).getByText("What to do next")).toBeDefined();
  expect(card.textContent).toContain("What cannot be ruled out");
  expect(card.textContent).toContain("Of 100 pictures 94");
  expect(screen.getByText("Few pictures of dark skin.")).toBeDefined();
  expect(screen.getByRole("img", { name: "Heat map: Mole" })).toBeDefined();
  expect(document.body.textContent).not.toMatch(/you have/i);
});

test("serious classes are marked by a word, not by colour alone", () => {
  render(<PhotoReport report={photoReport()} scales={{}} name="a.jpg" picture={null} />);
  const rows = screen.getAllByRole("listitem").filter((row) => row.querySelector("summary"));
  expect(rows.map((row) => row.textContent.includes("see a doctor"))).toEqual([false, true]);
});

test("not sure shows no answer but the reason and the probabilities", () => {
  const unsure = finding({
    status: "unsure",
    top: null,
    reason: "Too close to choose.",
    tip: "Ask a doctor.",
  });
  render(
    <PhotoReport report={photoReport({ findings: { skin: unsure } })} scales={{}} name="a" picture={null} />,
  );
  const card = screen.getByRole("article");
  expect(within(card).getByText("Not sure")).toBeDefined();
  expect(within(card).getByText("Too close to choose.")).toBeDefined();
  expect(card.textContent).not.toContain("looks most like");
  expect(within(card).getByText("Ask a doctor.")).toBeDefined();
});

test("a refused picture says what to change and shows no probabilities", () => {
  const refused = finding({
    status: "rejected",
    top: null,
    reason: "Take it sharper.",
    probabilities: {},
    prediction_set: [],
    scores: {},
  });
  render(
    <PhotoReport report={photoReport({ findings: { skin: refused } })} scales={{}} name="a" picture="a" />,
  );
  expect(screen.getByRole("heading", { name: "This picture was not judged" })).toBeDefined();
  expect(screen.getByText("Take it sharper.")).toBeDefined();
  expect(screen.queryByRole("article")).toBeNull();
});

test("of several findings the heat map can be chosen", async () => {
  const report = photoReport({
    findings: { cataract: finding({ title: "Cataract" }), redness: finding({ title: "Redness" }) },
  });
  const heatmaps = { cataract: LAYER, redness: { ...LAYER, title: "Red eye" } };
  render(<PhotoReport report={report} scales={{}} name="a" picture="a" heatmaps={heatmaps} />);
  await userEvent.click(screen.getByRole("radio", { name: "Redness" }));
  expect(screen.getByRole("img", { name: "Heat map: Red eye" })).toBeDefined();
});

test("readings, boxes and slices of other checks are shown too", () => {
  const report = photoReport({
    findings: {},
    readings: {
      haemoglobin: {
        value: 13.2,
        unit: "g/dL",
        interval: [11.9, 14.5],
        status: "tentative",
        reason: "One picture.",
        confidence: null,
        window_s: null,
        band: null,
        method: null,
        loinc: "718-7",
        inputs: {},
      },
    },
    boxes: [{ place: [0.1, 0.2, 0.3, 0.4], label: "Nail 1", text: "13.0 g/dL" }],
    slices: [
      { number: 1, source: "s1.dcm", status: "rejected", reason: "No lung.", top: null, probabilities: {} },
    ],
  });
  render(<PhotoReport report={report} scales={{}} name="a" picture="a" />);
  expect(screen.getByText("13 g/dL")).toBeDefined();
  expect(screen.getByText("Nail 1: 13.0 g/dL")).toBeDefined();
  expect(document.querySelector(".compare-boxes rect")?.getAttribute("width")).toBe("0.3");
  expect(screen.getByText("Slice by slice (1)")).toBeDefined();
});
