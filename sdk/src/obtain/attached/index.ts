/** Obtaining what came along. */
export { attachedObtainer, type AttachedObtainerOptions } from "./obtainer.ts";
