/** The dashboard's own script: shows what it is told, keeps its place, asks for what a person orders. */
import { element } from "./element.ts";
import type { FromDashboard, ToDashboard, Worded } from "./messages.ts";
import { pageOf } from "./page.ts";

interface EditorApi {
  postMessage(message: FromDashboard): void;
  getState(): Kept | undefined;
  setState(state: Kept): void;
}

/** What brings this dashboard back after a reload, where the person was. */
interface Kept {
  readonly server: string;
  readonly deployment: string;
  readonly wave?: number;
  readonly scrollY?: number;
}

declare const acquireVsCodeApi: () => EditorApi;

const editor = acquireVsCodeApi();
const main = document.querySelector("main");

const place = JSON.parse(decodeURIComponent(document.body.dataset["place"] ?? "null")) as Kept;
let kept: Kept = { ...place, ...editor.getState() };
let isScrolledBack = false;
keep({});

function keep(change: { readonly wave?: number | undefined; readonly scrollY?: number }): void {
  const { wave, ...rest } = { ...kept, ...change };
  kept = wave === undefined ? rest : { ...rest, wave };
  editor.setState(kept);
}

window.addEventListener("scroll", () => {
  if (isScrolledBack) keep({ scrollY: window.scrollY });
});

/** A person who is on a button stays on it, and the page does not jump, though it is made anew. */
function show(content: readonly HTMLElement[]): void {
  const { activeElement } = document;
  const { action, export: format } =
    activeElement instanceof HTMLButtonElement ? activeElement.dataset : {};
  const held = action ?? format ?? "";
  const { scrollX, scrollY } = window;
  main?.replaceChildren(...content);
  for (const button of main?.querySelectorAll("button") ?? []) {
    const { action, export: format } = button.dataset;
    if ((action ?? format) === held) button.focus();
  }
  window.scrollTo(scrollX, scrollY);
}

window.addEventListener("message", ({ data }: MessageEvent<ToDashboard & Worded>) => {
  const { words } = data;
  if (data.kind === "overview") {
    keep({ wave: data.wave });
    show(pageOf({ ...data, send: (message) => editor.postMessage(message) }));
    if (!isScrolledBack) window.scrollTo(0, kept.scrollY ?? 0);
    isScrolledBack = true;
  } else
    show([
      element("h1", {}, "Outrider"),
      element("p", { role: "alert" }, `${words["fault"]} ${data.message}`),
    ]);
});
if (kept.wave !== undefined) editor.postMessage({ kind: "wave", wave: kept.wave });
editor.postMessage({ kind: "ready" });
