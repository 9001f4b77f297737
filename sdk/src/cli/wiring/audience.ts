/** The ways out of a server of this configuration: what `plan` draws from. */
import type { ServerConfig } from "../../schema/index.ts";
import type { TransportProfile } from "../../server/index.ts";

/** The server's ways out, without opening them. */
export function profilesOf({ transports }: ServerConfig): TransportProfile[] {
  const { email, unc } = transports ?? {};
  const size =
    email?.maxAttachmentBytes === undefined ? {} : { maxAttachmentBytes: email.maxAttachmentBytes };
  return [
    ...(unc === undefined ? [] : [{ name: "unc", carriage: "share" } as const]),
    ...(email === undefined ? [] : [{ name: "email", carriage: "message", ...size } as const]),
    { name: "http", carriage: "none" },
  ];
}
