/**
 * The mailbox's server, and what is demanded of the way to it: TLS from the first octet, or STARTTLS that may not fail.
 * A connection without TLS is allowed on this machine only.
 */
import { isIP } from "node:net";
import { OutriderError } from "../../../../errors/index.ts";
import { isThisMachine } from "../../../../transport/near-address.ts";

/** Where a mailbox is. */
export interface MailServer {
  readonly host: string;
  /** Default: the protocol's own port for this kind of TLS. */
  readonly port?: number;
  /** Default `implicit`; `none` is allowed on loopback only. */
  readonly tls?: "implicit" | "starttls" | "none";
  readonly login: MailLogin;
  /** PEM of the authorities to trust instead of the system's. */
  readonly ca?: string;
  /** Longest silence of the server while an answer is due; default 60,000. */
  readonly timeoutMs?: number;
}

/** Who reads the mailbox. A function is asked at every login, so that a new password or token needs no restart. */
export type MailLogin =
  | PasswordLogin
  /** OAuth 2 (XOAUTH2). */
  | { readonly user: string; readonly accessToken: Secret };

/** Name and password. */
export interface PasswordLogin {
  readonly user: string;
  readonly password: Secret;
}

/** Never logged. */
export type Secret = string | (() => string | Promise<string>);

/** Everything said. */
export interface MailServerAddress {
  readonly host: string;
  readonly port: number;
  readonly tls: "implicit" | "starttls" | "none";
  /** Name that the certificate must have; an IP address has none to send (RFC 6066 3). */
  readonly serverName: string | undefined;
  readonly ca: string | undefined;
  readonly timeoutMs: number;
}

/** @throws CONFIG_INVALID for mail without TLS to another machine */
export function addressOf(
  server: Omit<MailServer, "login">,
  ports: { readonly implicit: number; readonly plain: number },
): MailServerAddress {
  const { host, tls = "implicit", ca, timeoutMs = 60_000 } = server;
  if (tls === "none" && !isThisMachine(host))
    throw new OutriderError(
      "CONFIG_INVALID",
      `The mail server ${host} is on another machine and has tls "none". Use "implicit" or "starttls".`,
      { subject: host },
    );
  const port = server.port ?? (tls === "implicit" ? ports.implicit : ports.plain);
  return { host, port, tls, serverName: isIP(host) === 0 ? host : undefined, ca, timeoutMs };
}

/** Asks for a secret that may be behind a function. */
export async function secretOf(secret: Secret): Promise<string> {
  return typeof secret === "string" ? secret : secret();
}
