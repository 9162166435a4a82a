import { cleanup, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, test, vi } from "vitest";
import { Asks } from "./Asks";

afterEach(cleanup);

test("a check may ask for a choice and for a number, and neither must be told", async () => {
  const onTell = vi.fn();
  const asks = [
    { name: "sex", title: "Sex", options: { female: "Female", male: "Male" } },
    { name: "age", title: "Age in years", options: {} },
  ];
  render(<Asks asks={asks} told={{}} onTell={onTell} />);
  expect(screen.getByRole<HTMLSelectElement>("combobox", { name: "Sex" }).value).toBe("");
  await userEvent.selectOptions(screen.getByRole("combobox", { name: "Sex" }), "Female");
  await userEvent.type(screen.getByRole("textbox", { name: "Age in years" }), "4");
  expect(onTell.mock.calls).toEqual([
    ["sex", "female"],
    ["age", "4"],
  ]);
});
