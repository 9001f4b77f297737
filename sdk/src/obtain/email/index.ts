/** Obtaining by mail: archives in numbered parts. */
export { emailObtainer, type EmailObtainerOptions } from "./obtainer.ts";
