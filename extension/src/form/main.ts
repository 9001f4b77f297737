/** The form's own script: shows what it is told, and keeps the person where they are and what they are typing. */
import type { FromForm, ToForm } from "./messages.ts";
import { formOf } from "./page.ts";

declare const acquireVsCodeApi: () => { postMessage(message: FromForm): void };

type Input = HTMLInputElement | HTMLTextAreaElement;

const editor = acquireVsCodeApi();
const main = document.querySelector("main");

/** Where the person goes on after an order: actions, or `below POINTER` for what is in a new part. */
let goOn: readonly string[] = [];
/** Where the person was when it was given: whoever has left since is not called back. */
let orderedAt = "";
let shown = "";

/** What came while a button of the pointer was down: a control must not go from under it. */
let waiting: ToForm | undefined;
let isPressed = false;

function show(told: ToForm): void {
  if (isPressed) {
    waiting = told;
    return;
  }
  const text = JSON.stringify(told);
  if (text === shown) return;
  shown = text;
  const typing = whatIsTyped();
  const here = heldNow();
  const hasLeft = here.length > 0 && here.join() !== orderedAt;
  const held = hasLeft ? here : [...goOn, ...here];
  const { scrollX, scrollY } = window;
  main?.setAttribute("aria-busy", "true");
  main?.replaceChildren(...formOf(told, send));
  main?.setAttribute("aria-busy", "false");
  const found = held.map(placeOf).find((place) => place !== null && place !== undefined);
  found?.focus();
  if (typing !== undefined && isTyped(found) && found.dataset["pointer"] === typing.pointer) {
    found.value = typing.value;
    found.setSelectionRange(typing.start, typing.end);
  }
  if (hasLeft || goOn.length === 0) window.scrollTo(scrollX, scrollY);
  goOn = [];
}

function send(message: FromForm, next: readonly string[] = []): void {
  goOn = next;
  orderedAt = heldNow().join();
  editor.postMessage(message);
}

function heldNow(): string[] {
  const { action, pointer } = (document.activeElement as HTMLElement | null)?.dataset ?? {};
  return [action, pointer === undefined ? undefined : `at ${pointer}`].filter(
    (place) => place !== undefined,
  );
}

function placeOf(place: string): HTMLElement | null | undefined {
  const quoted = (text: string): string => `"${CSS.escape(text)}"`;
  if (place.startsWith("at "))
    return main?.querySelector<HTMLElement>(`[data-pointer=${quoted(place.slice(3))}]`);
  if (place.startsWith("below "))
    return main?.querySelector<HTMLElement>(`[data-pointer^=${quoted(`${place.slice(6)}/`)}]`);
  return main?.querySelector<HTMLElement>(`[data-action=${quoted(place)}]`);
}

interface Typed {
  readonly pointer: string | undefined;
  readonly value: string;
  readonly start: number;
  readonly end: number;
}

/** What stands in the control that the person is in, where it is not told yet. */
function whatIsTyped(): Typed | undefined {
  const { activeElement } = document;
  if (!isTyped(activeElement) || activeElement.value === activeElement.defaultValue)
    return undefined;
  const { dataset, selectionEnd, selectionStart, value } = activeElement;
  return {
    pointer: dataset["pointer"],
    value,
    start: selectionStart ?? value.length,
    end: selectionEnd ?? value.length,
  };
}

function isTyped(element: Element | null | undefined): element is Input {
  return (
    element instanceof HTMLTextAreaElement ||
    (element instanceof HTMLInputElement && element.type === "text")
  );
}

function release(): void {
  isPressed = false;
  if (waiting !== undefined) show(waiting);
  waiting = undefined;
}

window.addEventListener("pointerdown", () => (isPressed = true));
// The click comes after it.
for (const end of ["pointerup", "pointercancel"])
  window.addEventListener(end, () => setTimeout(release));
window.addEventListener("message", ({ data }: MessageEvent<ToForm>) => show(data));
editor.postMessage({ kind: "ready" });
