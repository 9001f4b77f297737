/** The form's own script: shows what it is told and keeps the focus where the person is. */
import type { FromForm, ToForm } from "./messages.ts";
import { formOf } from "./page.ts";

declare const acquireVsCodeApi: () => { postMessage(message: FromForm): void };

const editor = acquireVsCodeApi();
const main = document.querySelector("main");

function show(content: readonly HTMLElement[]): void {
  const { activeElement } = document;
  const { scrollX, scrollY } = window;
  const selector = ["data-pointer", "data-action"]
    .map((name) => [name, activeElement?.getAttribute(name)] as const)
    .filter(([, value]) => value !== null && value !== undefined)
    .map(([name, value]) => `[${name}="${CSS.escape(String(value))}"]`)[0];
  main?.replaceChildren(...content);
  if (selector !== undefined) main?.querySelector<HTMLElement>(selector)?.focus();
  window.scrollTo(scrollX, scrollY);
}

window.addEventListener("message", ({ data }: MessageEvent<ToForm>) =>
  show(formOf(data, (message) => editor.postMessage(message))),
);
editor.postMessage({ kind: "ready" });
