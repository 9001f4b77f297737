/**
 * Held by `tsc`: each stage of a notification is made only by its own step, so leaving one out does not compile.
 * Nothing here is ever run.
 */
import type { Recognized } from "../messages/index.ts";
import type { OpenArchive } from "../package/index.ts";
import type { Notification } from "../schema/index.ts";
import type { TrustSet, Verified } from "../trust/index.ts";
import { authenticate, type AuthenticNotification } from "./admission/authenticate.ts";
import {
  recognizeNotification,
  type RawNotification,
  type RecognizedNotification,
} from "./admission/recognize.ts";
import { obtain, type ObtainedPackage } from "./archive/obtain.ts";
import { verify, type VerifiedPackage } from "./archive/verify.ts";
import type { Placement } from "./install/deployer.ts";
import { stage, type StagedPackage } from "./install/stage.ts";

declare const raw: RawNotification;
declare const recognized: RecognizedNotification;
declare const authentic: AuthenticNotification;
declare const obtained: ObtainedPackage;
declare const notification: Notification;
declare const trigger: Verified<"trigger/1">;
declare const trust: TrustSet;
declare const message: Recognized<"notification/1">;
declare const archive: OpenArchive;
declare const manifest: Verified<"manifest/1">;
declare const placement: Placement;
declare const obtaining: Parameters<typeof obtain>[1];
declare const verifying: Parameters<typeof verify>[1];
declare const staging: Parameters<typeof stage>[2];

/** The way that compiles. */
export async function inOrder(): Promise<StagedPackage | undefined> {
  const first = recognizeNotification(raw);
  if (first === undefined) return undefined;
  const second = authenticate(first, trust);
  const third = await obtain(second, obtaining);
  const fourth = await verify(third, verifying);
  return stage(fourth, placement, staging);
}

/** The ways that do not. */
export async function outOfOrder(): Promise<void> {
  // @ts-expect-error recognizing is left out
  authenticate(raw, trust);
  // @ts-expect-error authenticating is left out
  await obtain(recognized, obtaining);
  // @ts-expect-error obtaining is left out
  await verify(authentic, verifying);
  // @ts-expect-error verifying is left out
  await stage(obtained, placement, staging);
  // @ts-expect-error an authentic notification cannot be written down
  const forged: AuthenticNotification = { raw, notification, trigger };
  // @ts-expect-error nor a recognized one
  const guessed: RecognizedNotification = { raw, message };
  // @ts-expect-error nor an obtained package
  const claimed: ObtainedPackage = {
    authentic,
    path: "",
    archive: { sha256: "", size: 0 },
    obtainer: "",
    transferred: 0,
    trace: [],
  };
  // @ts-expect-error nor a verified one
  const believed: VerifiedPackage = { authentic, archive, manifest, trace: [] };
  // @ts-expect-error nor a staged one
  const ready: StagedPackage = { placement, undo: "" };
  void [forged, guessed, claimed, believed, ready];
}
