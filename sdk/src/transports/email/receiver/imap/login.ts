/**
 * From a connection to a mailbox that is open: greeting, STARTTLS where agreed, login (RFC 9051 6.2, RFC 4616,
 * XOAUTH2).
 */
import { OutriderError } from "../../../../errors/index.ts";
import { secretOf, type MailLogin, type MailServerAddress } from "../connection/mail-server.ts";
import { ImapConnection, type CommandEnd } from "./connection.ts";
import { quoted } from "./folder-name.ts";

/** A connection after login. */
export interface LoggedIn {
  readonly connection: ImapConnection;
  /** What the server can do, upper case. */
  readonly capabilities: ReadonlySet<string>;
}

/** Connects and logs in. @throws UNAVAILABLE, LOGIN_REFUSED */
export async function logIn(
  address: MailServerAddress,
  login: MailLogin,
  signal: AbortSignal,
): Promise<LoggedIn> {
  const { connection, greeting } = await ImapConnection.open(address, signal);
  try {
    const known = greeting.kind === "status" && greeting.status === "PREAUTH";
    if (address.tls === "starttls") {
      // Whoever claims that the login is over before TLS has begun wants it to stay without TLS (CVE-2020-12398).
      if (known) throw refused(address, login, "it skips TLS");
      await connection.startTls();
    }
    if (!known) await authenticate(connection, address, login);
    return { connection, capabilities: await askCapabilities(connection) };
  } catch (error) {
    connection.close();
    throw error;
  }
}

async function authenticate(
  connection: ImapConnection,
  address: MailServerAddress,
  login: MailLogin,
): Promise<void> {
  const capabilities = await askCapabilities(connection);
  let end: CommandEnd;
  if ("accessToken" in login) {
    const token = await secretOf(login.accessToken);
    const text = `user=${login.user}\u0001auth=Bearer ${token}\u0001\u0001`;
    end = await sasl(connection, capabilities, "XOAUTH2", text);
  } else {
    const password = await secretOf(login.password);
    if (capabilities.has("AUTH=PLAIN"))
      end = await sasl(connection, capabilities, "PLAIN", `\0${login.user}\0${password}`);
    else if (capabilities.has("LOGINDISABLED"))
      throw refused(address, login, "it takes no password");
    else end = await connection.attempt(`LOGIN ${quoted(login.user)} ${quoted(password)}`);
  }
  if (end.status === "OK") return;
  const words = JSON.stringify(end.text.slice(0, 200));
  // RFC 5530 3: the login may be right; its server is in trouble.
  if (end.code !== "UNAVAILABLE" && end.code !== "INUSE") throw refused(address, login, words);
  const subject = `${address.host}:${address.port}`;
  throw new OutriderError(
    "UNAVAILABLE",
    `The mail server ${subject} is not to be had: it cannot log anybody in: ${words}.`,
    { subject },
  );
}

async function sasl(
  connection: ImapConnection,
  capabilities: ReadonlySet<string>,
  mechanism: string,
  text: string,
): Promise<CommandEnd> {
  const response = Buffer.from(text).toString("base64");
  const initial = capabilities.has("SASL-IR"); // RFC 4959
  let sent = initial;
  return connection.attempt(`AUTHENTICATE ${mechanism}${initial ? ` ${response}` : ""}`, {
    onContinue() {
      if (sent) return ""; // XOAUTH2 explains a refusal and waits for an empty answer
      sent = true;
      return response;
    },
  });
}

async function askCapabilities(connection: ImapConnection): Promise<ReadonlySet<string>> {
  const capabilities = new Set<string>();
  await connection.run("CAPABILITY", {
    onData(response) {
      if (response.kind !== "data" || response.name !== "CAPABILITY") return;
      for (const value of response.values)
        if (typeof value === "string") capabilities.add(value.toUpperCase());
    },
  });
  return capabilities;
}

function refused(
  { host, port }: MailServerAddress,
  { user }: MailLogin,
  why: string,
): OutriderError {
  const subject = `${host}:${port}`;
  return new OutriderError(
    "LOGIN_REFUSED",
    `The mail server ${subject} refuses the login of ${JSON.stringify(user)}: ${why}.`,
    {
      subject,
    },
  );
}
