/** The Internet utility. */
export { httpObtainer, type HttpObtainerOptions } from "./obtainer.ts";
