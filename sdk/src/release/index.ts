/** Row 5: what a release engineer does with files, for the command line and the editor alike. */
export type { Desk, Progress } from "./desk.ts";
export { makeTrigger, type MadeTrigger, type TriggerSources } from "./order.ts";
export { fullArchiveOf, openPackage, type NamedPackage } from "./package.ts";
export { previewPush, type PreviewParts, type PushPreview } from "./preview.ts";
export { readPushOrder, type PushOptions, type PushOrder } from "./push-order.ts";
export {
  addSignature,
  readSignable,
  signWith,
  takeSignature,
  type MadeSignature,
  type Signable,
} from "./sign.ts";
export { describeTallies } from "./tally.ts";
export { openTrust, readTrust } from "./trust.ts";
export { verifyPackage, type PackageVerdict, type VerifyStep } from "./verify.ts";
export { profilesOf } from "./ways-out.ts";
