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
