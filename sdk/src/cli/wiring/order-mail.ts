/** An order by mail, to a server that reads a mailbox: which one, by which relay; the password never stands in argv. */
import { Option, type Command } from "commander";
import { OutriderError } from "../../errors/index.ts";
import { readFileText, readSecret } from "../../release/files.ts";
import { emailOrderSender } from "../../transports/email/orders/index.ts";
import type { Terminal } from "../io.ts";

/** How an order goes; by HTTP unless told otherwise. */
export interface OrderMailOptions {
  readonly via?: "http" | "mail";
  readonly to?: string;
  readonly from?: string;
  readonly smtpServer?: string;
  readonly smtpTls?: "starttls" | "implicit" | "none";
  readonly smtpUser?: string;
  readonly smtpPasswordFile?: string;
  readonly smtpCaFile?: string;
}

/** Adds `--via` and what `mail` takes. */
export function addOrderMailOptions(command: Command): Command {
  return command
    .addOption(
      new Option("--via <way>", "how the trigger goes: to the server's URL, or to its mailbox")
        .choices(["http", "mail"])
        .default("http"),
    )
    .option("--to <address>", "mail: the server's mailbox (or OUTRIDER_MAIL_TO)")
    .option("--from <address>", "mail: your own address (or OUTRIDER_MAIL_FROM)")
    .option("--smtp-server <host[:port]>", "mail: the relay (or OUTRIDER_SMTP_SERVER)")
    .addOption(
      new Option("--smtp-tls <how>", "mail: starttls unless given; none on this machine only")
        .choices(["starttls", "implicit", "none"])
        .default("starttls"),
    )
    .option("--smtp-user <name>", "mail: login at the relay (or OUTRIDER_SMTP_USER)")
    .option(
      "--smtp-password-file <file>",
      "mail: file with its password (or the password in OUTRIDER_SMTP_PASSWORD)",
    )
    .option(
      "--smtp-ca-file <file>",
      "mail: PEM of the authorities to trust instead of the system's",
    );
}

/**
 * Sends orders by mail.
 * @returns the mailbox, and what hands an order over.
 * @throws CONFIG_INVALID, ADDRESS_INVALID, FILE_MISSING
 */
export async function openOrderMail(
  terminal: Terminal,
  options: OrderMailOptions,
): Promise<{ readonly to: string; readonly send: (trigger: Uint8Array) => Promise<void> }> {
  const { environment, signal } = terminal;
  const to = required(options.to ?? environment["OUTRIDER_MAIL_TO"], "--to ADDRESS");
  const from = required(options.from ?? environment["OUTRIDER_MAIL_FROM"], "--from ADDRESS");
  const server = required(
    options.smtpServer ?? environment["OUTRIDER_SMTP_SERVER"],
    "--smtp-server HOST[:PORT]",
  );
  const { smtpTls: tls = "starttls", smtpCaFile: caFile } = options;
  const login = await loginOf(terminal, options);
  const sender = emailOrderSender({
    to,
    from,
    relay: {
      ...placeOf(server),
      tls,
      ...(caFile === undefined ? {} : { ca: await readFileText(terminal, caFile) }),
    },
    ...(login === undefined ? {} : { login }),
  });
  return { to, send: (trigger) => sender.send(trigger, { signal }) };
}

async function loginOf(
  terminal: Terminal,
  options: OrderMailOptions,
): Promise<{ user: string; password: () => Promise<string> } | undefined> {
  const { environment } = terminal;
  const user = options.smtpUser ?? environment["OUTRIDER_SMTP_USER"];
  if (user === undefined) return undefined;
  const { smtpPasswordFile } = options;
  const password =
    smtpPasswordFile === undefined
      ? environment["OUTRIDER_SMTP_PASSWORD"]
      : await readSecret(terminal, smtpPasswordFile);
  const known = required(password, "--smtp-password-file FILE");
  return { user, password: async () => known };
}

function placeOf(text: string): { readonly host: string; readonly port?: number } {
  const url = URL.parse(`smtp://${text}`);
  const isPlace =
    url !== null && url.hostname !== "" && [url.host, `${url.hostname}:`].includes(text);
  if (!isPlace)
    throw new OutriderError(
      "CONFIG_INVALID",
      `${text} is no relay. Write HOST or HOST:PORT, such as mail.example:587.`,
      { subject: text },
    );
  const host = url.hostname.replace(/^\[(.*)\]$/, "$1");
  return { host, ...(url.port === "" ? {} : { port: Number(url.port) }) };
}

function required(value: string | undefined, how: string): string {
  if (value !== undefined) return value;
  throw new OutriderError(
    "CONFIG_INVALID",
    `An order by mail needs more: pass ${how}, or set its environment variable (outrider push --help).`,
  );
}
