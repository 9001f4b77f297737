/** The ways out of a server of this configuration: what `plan` draws from. */
import type { EmailSenderConfig, ServerConfig } from "../schema/index.ts";
import { defaultPartsBytes } from "../server/carriage/carry.ts";
import { mailProviders } from "../server/carriage/profiles.ts";
import type { TransportProfile } from "../server/index.ts";

/** The server's ways out, without opening them. */
export function profilesOf({ transports }: ServerConfig): TransportProfile[] {
  const { email, unc, stick } = transports ?? {};
  return [
    ...(unc === undefined ? [] : [{ name: "unc", carriage: "share" } as const]),
    ...(stick === undefined ? [] : [{ name: "stick", carriage: "share" } as const]),
    ...(email === undefined ? [] : [mailProfile(email)]),
    { name: "http", carriage: "none" },
  ];
}

/** What the provider bears, and what the configuration says of it. */
export function mailProfile({
  provider = "relay",
  maxAttachmentBytes,
  maxPartsBytes = defaultPartsBytes,
  pace,
}: EmailSenderConfig): TransportProfile {
  return {
    name: "email",
    carriage: "message",
    ...mailProviders[provider],
    ...(maxAttachmentBytes === undefined ? {} : { maxAttachmentBytes }),
    ...(pace === undefined ? {} : { pace }),
    maxPartsBytes,
  };
}
