import { expect, test } from "vitest";
import { problemSentence } from "./http";

test("the sentence of a problem document is shown as it is", () => {
  expect(problemSentence(422, '{"title":"Unprocessable clip","detail":"The file holds no video."}')).toBe(
    "The file holds no video.",
  );
});

test("an answer that is no problem document still gives a sentence", () => {
  expect(problemSentence(502, "<html>Bad gateway</html>")).toBe("The server answered with error 502.");
  expect(problemSentence(413, "")).toBe("This file is too large for the server.");
  expect(problemSentence(422, '{"detail":[{"loc":["body"]}]}')).toBe("The server answered with error 422.");
  expect(problemSentence(500, "null")).toBe("The server answered with error 500.");
});
