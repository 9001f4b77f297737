/** Row 5: what a release engineer does with files, for the command line and the editor alike. */
export type { Desk, Progress } from "./desk.ts";
export { makeTrigger, type MadeTrigger, type TriggerSources } from "./order.ts";
export { fullArchiveOf, openPackage, type NamedPackage } from "./package.ts";
export { previewPush, readRegistry, type PreviewParts, type PushPreview } from "./preview.ts";
export { changesOf, type PushChange } from "./push-changes.ts";
export {
  readReviewed,
  withOptions,
  type PushOptions,
  type PushOrder,
  type TransportChoice,
} from "./push-order.ts";
export { parseWave, parseWindow } from "./push-words.ts";
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
