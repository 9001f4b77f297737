/** The picture wears the editor's theme: the page sets every paint that a picture has. */
import { paintNames } from "@outrider/sdk/server/plan";
import { expect, test } from "vitest";
import { previewStyle } from "./preview-style.ts";

test("every paint of a picture is the theme's", () => {
  const unset = paintNames.filter(
    (name) => !new RegExp(`--outrider-${name}: (var\\(--vscode-|transparent)`).test(previewStyle),
  );
  expect(unset).toEqual([]);
});
