/**
 * Where a PostgreSQL of several machines is to be found: a connection string may name several hosts, as libpq's may
 * (PostgreSQL manual 34.1.1.3), and of them the one that takes writes is meant. A standby, or a machine that does not
 * answer, is passed over; when the one in use is lost, they are asked in turn until another has been promoted.
 */
import { callbackify } from "node:util";
import { Client, type ClientConfig } from "pg";
import { OutriderError } from "../../errors/index.ts";
import { HostFault } from "./connection.ts";

/** `scheme://user:password@`, `host:port,host:port`, the rest. */
const parts = /^(postgres(?:ql)?:\/\/(?:[^@/?#]*@)?)([^/?#]*)(.*)$/s;
/** What a store that is written to can be asked for. */
const writable: ReadonlySet<string> = new Set(["read-write", "primary"]);

/** A connection string for each host. @throws CONFIG_INVALID if a machine is asked for that cannot be written to */
export function hostsOf(connectionString: string): readonly string[] {
  const [, scheme = "", hosts = "", rest = ""] = parts.exec(connectionString) ?? [];
  const wanted = /[?&]target_session_attrs=([^&#]*)/.exec(rest)?.[1];
  if (wanted !== undefined && !writable.has(wanted))
    throw new OutriderError(
      "CONFIG_INVALID",
      `The store's URL asks for target_session_attrs=${wanted}, and a store is written to. Say read-write, or nothing.`,
      { subject: "target_session_attrs" },
    );
  return hosts.includes(",")
    ? hosts.split(",").map((host) => `${scheme}${host}${rest}`)
    : [connectionString];
}

/** Makes connections, each to the host that took the last one, and after a failure to the next. */
export type SessionClass = new () => Client;

/** The class of connections to these hosts. @throws CONFIG_INVALID */
export function sessionsTo(connectionString: string, config: ClientConfig): SessionClass {
  const hosts = hostsOf(connectionString);
  let present = 0;
  return class Session extends Client {
    readonly #host = present;

    constructor() {
      super({ ...config, connectionString: hosts[present] ?? connectionString });
      // Lost later on: said again by the statement that is under way, or by the next one.
      this.on("error", () => undefined);
    }

    override connect(): Promise<Client>;
    override connect(callback: (error: Error) => void): void;
    override connect(callback?: (error: Error) => void): Promise<Client> | void {
      if (callback === undefined) return this.#reach();
      return callbackify(async () => this.#reach())(callback);
    }

    async #reach(): Promise<Client> {
      try {
        await super.connect();
        await requireWritable(this);
        return this;
      } catch (error) {
        // Others that failed there as well have left it together.
        if (present === this.#host) present = (present + 1) % hosts.length;
        this.end().catch(() => undefined);
        throw hosts.length > 1 ? passedOver(error, this.host) : error;
      }
    }
  };
}

/**
 * Refuses a standby; and lets every commit wait for the disk, unless whoever runs the database asks for more than that.
 */
async function requireWritable(client: Client): Promise<void> {
  const { rows } = await client.query<{ readonly read_only: string }>(
    `SELECT current_setting('transaction_read_only') AS read_only,
       CASE current_setting('synchronous_commit') WHEN 'off' THEN set_config('synchronous_commit', 'on', false) END`,
  );
  if (rows[0]?.read_only !== "on") return;
  throw new HostFault("HOST_STANDBY", `${client.host} is a standby, which takes no writes`);
}

/** A standby that is behind does not know the database yet: another host may, so that is no reason to give up. */
function passedOver(cause: unknown, host: string): unknown {
  const { code, message } = cause as { readonly code?: string; readonly message?: string };
  const isMissing = code === "3D000"; // invalid_catalog_name
  return isMissing
    ? new HostFault("HOST_WITHOUT_DATABASE", `${message} on ${host}`, { cause })
    : cause;
}
