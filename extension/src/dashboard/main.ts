/** The dashboard's own script: shows what it is told, keeps its place, asks for what a person orders. */
import { element } from "./element.ts";
import type { FromDashboard, ToDashboard, Worded } from "./messages.ts";
import { pageOf } from "./page.ts";

interface EditorApi {
  postMessage(message: FromDashboard): void;
  setState(state: unknown): void;
}

declare const acquireVsCodeApi: () => EditorApi;

const editor = acquireVsCodeApi();
const main = document.querySelector("main");

// What the editor needs to bring this dashboard back after a reload.
editor.setState(JSON.parse(decodeURIComponent(document.body.dataset["place"] ?? "null")));

/** A person who is on a button stays on it, and the page does not jump, though it is made anew. */
function show(content: readonly HTMLElement[]): void {
  const { activeElement } = document;
  const focused = activeElement?.getAttribute("data-action") ?? undefined;
  const exported = activeElement?.getAttribute("data-export") ?? undefined;
  const { scrollX, scrollY } = window;
  main?.replaceChildren(...content);
  const selector =
    focused === undefined ? `[data-export="${exported}"]` : `[data-action="${focused}"]`;
  if (focused !== undefined || exported !== undefined)
    main?.querySelector<HTMLElement>(selector)?.focus();
  window.scrollTo(scrollX, scrollY);
}

window.addEventListener("message", ({ data }: MessageEvent<ToDashboard & Worded>) => {
  const { words } = data;
  if (data.kind === "overview")
    show(pageOf({ ...data, send: (message) => editor.postMessage(message) }));
  else
    show([
      element("h1", {}, "Outrider"),
      element("p", { role: "alert" }, `${words["fault"]} ${data.message}`),
    ]);
});
editor.postMessage({ kind: "ready" });
