/** Only `trust/` makes a verified document: these lines must not compile. Held by `tsc`. */
import type { SealedDocument } from "../messages/index.ts";
import type { Trigger } from "../schema/index.ts";
import type { TrustSet, Verified } from "./index.ts";

declare const trust: TrustSet;
declare const document: Trigger;
declare const sealed: SealedDocument<"trigger/1">;

// @ts-expect-error the brand is missing, and cannot be written down
export const forged: Verified<"trigger/1"> = { document, sealed, signers: [] };

// @ts-expect-error a sealed document was not verified
trust.remember(sealed);

// @ts-expect-error a verified trigger is no verified control
export const mistaken: Verified<"control/1"> = trust.verifyTrigger(sealed);

// @ts-expect-error a manifest is held to a verified trigger, not to a parsed one
trust.verifyManifest({ ...sealed, type: "manifest/1" }, document);

export const honest: Verified<"trigger/1"> = trust.verifyTrigger(sealed);
