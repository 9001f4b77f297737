/** What a mail of Outrider looks like from outside: the names by which the two halves know each other. */

/** The pre-established field by which a mail is recognized without being parsed (Fig. 4, step 82); never believed. */
export const documentHeader = "Outrider-Document";

/** Media type of the part that holds a signed document: `application/vnd.outrider.notification+json`. */
export const documentPart: RegExp = /^application\/vnd\.outrider\.([a-z]{1,20})\+json$/;

/** Media type of the part that holds a signed document of this type, such as `notification/1`. */
export function documentMediaType(type: string): string {
  return `application/vnd.outrider.${type.slice(0, type.indexOf("/"))}+json`;
}

/** Media type of the part that holds an archive. */
export const packageMediaType = "application/vnd.outrider.package";

/**
 * Media type of the part that holds trust documents which agents may lack: `trust/1` envelopes, a line each, oldest
 * first. No document part, of which a mail has one: it is no message of its own.
 */
export const trustMediaType = "application/vnd.outrider.trust-chain";

/** Value of the pre-established field in a mail that brings one numbered part of an archive, and no document. */
export const partDocument = "part/1";

/** Media type of a numbered part: bytes of an archive, known by the digests that a signed notification lists. */
export const partMediaType = "application/vnd.outrider.part";

/** Media type of an archive or part inside an OpenPGP message to the agents' encryption keys. */
export const sealedMediaType = "application/vnd.outrider.sealed";

/** File name of a sealed archive or part: neutral, so that it says nothing to whoever filters by name. */
export const sealedFileName = "data.bin";

/** File name of a part such as `till-1.2.0.part-0003-of-0042`; for people, never believed. */
export function partFileName(archive: string, number: number, count: number): string {
  return `${archive}.part-${String(number).padStart(4, "0")}-of-${String(count).padStart(4, "0")}`;
}
