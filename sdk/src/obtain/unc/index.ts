/** The push/pull utility, on its own: small enough to be embedded anywhere. */
export { uncObtainer, type UncObtainerOptions } from "./obtainer.ts";
