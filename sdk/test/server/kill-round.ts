/**
 * One vendor, one relay, and a server that is killed again and again (`kill-child.ts`): at its own ports, or by the relay
 * in the middle of a mail. Rounds know nothing of each other, so that several run at once.
 */
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { SMTPServer } from "smtp-server";
import type { PublishedPackage } from "../../src/host/index.ts";
import { encodeEnvelope } from "../../src/messages/index.ts";
import { nodeFileSystem } from "../../src/ports/index.ts";
import { verifyAudit, type AuditLine } from "../../src/server/index.ts";
import { postgresStore } from "../../src/store/postgres/index.ts";
import { documentIn, Vendor } from "../support/vendor.ts";
import type { ChildOrders } from "./kill-child.ts";
import { relayPoints, type KillPoint } from "./kill-points.ts";
import type { KillProgram } from "./kill-program.ts";

/** A mail that the relay took. */
export interface TakenMail {
  readonly messageId: string;
  readonly to: readonly string[];
  /** Which run of the server brought it, from 1. */
  readonly run: number;
}

/** Everything of one round. */
export class KillRound {
  readonly vendor: Vendor;
  /** Mails in the order in which the relay took them. */
  readonly mails: TakenMail[] = [];
  readonly #program: KillProgram;
  readonly #hosted: PublishedPackage;
  readonly #relay: SMTPServer;
  readonly #connectionString: string | undefined;
  /** Where it is set, archives go in parts, and agents ask for one of them again. */
  partBytes: number | undefined;
  /** Runs whose connections are open; a mail may be read to its end when its run is dead. */
  readonly #runs = new Map<string, number>();
  #run = 0;
  #child: ChildProcess | undefined;
  /** Where the relay kills the child. */
  #relayKill: KillPoint | undefined;

  private constructor(
    program: KillProgram,
    vendor: Vendor,
    hosted: PublishedPackage,
    connectionString: string | undefined,
  ) {
    this.#program = program;
    this.#connectionString = connectionString;
    this.vendor = vendor;
    this.#hosted = hosted;
    this.#relay = this.#openRelay();
  }

  /** With these agents, a published package and a relay that listens; the store a file, or this empty database. */
  static async open(
    program: KillProgram,
    agents: readonly string[],
    connectionString?: string,
  ): Promise<KillRound> {
    const vendor = await Vendor.open({}, new Date());
    if (connectionString !== undefined) {
      await vendor.store.close();
      vendor.store = await postgresStore({ connectionString, connections: 2 });
    }
    await vendor.enrol(agents.map((id) => ({ id })));
    await mkdir(join(vendor.directory, "triggers"));
    const [trust] = vendor.simulator.published;
    if (trust === undefined) throw new Error("the vendor has no trust document");
    await writeFile(join(vendor.directory, "trust.json"), encodeEnvelope(trust));
    const hosted = await vendor.publish("demo-app", "1.0.0");
    const round = new KillRound(program, vendor, hosted, connectionString);
    round.#relay.listen(0, "127.0.0.1");
    await once(round.#relay.server, "listening");
    return round;
  }

  /** One trigger in two waves, which the next run brings to the server. @returns its id */
  async bring(): Promise<string> {
    const rollout = { waves: [{ share: 50 }, { share: 100 }] };
    const trigger = await this.vendor.trigger(this.#hosted, { rollout });
    const { id } = documentIn(trigger, "trigger/1");
    await writeFile(join(this.vendor.directory, "triggers", `${id}.json`), trigger);
    return id;
  }

  /** Runs the server until it has finished or is killed. @returns whether it was killed */
  async run(point?: KillPoint, passing = 1): Promise<boolean> {
    this.#run++;
    const isRelays = (relayPoints as readonly string[]).includes(point ?? "");
    this.#relayKill = isRelays ? point : undefined;
    const { vendor } = this;
    const keys = [...vendor.agentKeys].map(([agent, { agentKey }]) => [agent, agentKey] as const);
    const [serverKey] = vendor.simulator.signers.server;
    if (serverKey === undefined) throw new Error("the vendor has no server key");
    const orders: ChildOrders = {
      directory: vendor.directory,
      smtpPort: (this.#relay.server.address() as AddressInfo).port,
      serverKey: serverKey.agentKey,
      agentKeys: Object.fromEntries(keys),
      ...(this.#connectionString === undefined ? {} : { connectionString: this.#connectionString }),
      ...(this.partBytes === undefined ? {} : { partBytes: this.partBytes }),
      ...(point === undefined || isRelays ? {} : { kill: { point, passing } }),
    };
    const path = join(vendor.directory, "orders.json");
    await writeFile(path, JSON.stringify(orders));
    const child = this.#program.start(path);
    this.#child = child;
    let errors = "";
    child.stderr?.on("data", (piece) => (errors += String(piece)));
    const [code, signal] = (await once(child, "close")) as [number | null, string | null];
    this.#child = undefined;
    if (signal === null && code !== 0) throw new Error(errors);
    return signal === "SIGKILL";
  }

  /** The audit log, whose chain holds. */
  async auditLines(): Promise<AuditLine[]> {
    const lines: AuditLine[] = [];
    await verifyAudit({
      path: this.vendor.auditPath,
      fileSystem: nodeFileSystem,
      onLine: (line) => lines.push(line),
    });
    return lines;
  }

  async close(): Promise<void> {
    this.#child?.kill("SIGKILL");
    await new Promise<void>((resolve) => this.#relay.close(resolve));
    await this.vendor.close();
  }

  #openRelay(): SMTPServer {
    const relay = new SMTPServer({
      authOptional: true,
      disabledCommands: ["STARTTLS", "AUTH"],
      disableReverseLookup: true,
      logger: false,
      onConnect: ({ id }, done) => {
        this.#runs.set(id, this.#run);
        done();
      },
      onMailFrom: (_address, _session, done) => this.#dieAt("MAIL", done),
      onRcptTo: (_address, _session, done) => this.#dieAt("RCPT", done),
      onData: (stream, session, done) => {
        let text = "";
        stream.once("data", () => this.#dieAt("DATA", () => undefined)); // the connection ends with the child
        stream.on("data", (piece: Buffer) => (text += piece.toString("latin1")));
        stream.on("end", () => {
          const messageId = /^Message-ID: (.*)$/im.exec(text)?.[1] ?? "";
          const to = session.envelope.rcptTo.map(({ address }) => address);
          this.mails.push({ messageId, to, run: this.#runs.get(session.id) ?? 0 });
          this.#dieAt("dot sent, 250 not seen", done);
        });
      },
    });
    relay.on("error", () => undefined); // dropped connections are what this is about
    return relay;
  }

  /** At that point of a mail the child dies, and the relay goes on only when it is dead. */
  #dieAt(point: KillPoint, goOn: () => void): void {
    if (this.#relayKill !== point || this.#child === undefined) return goOn();
    this.#relayKill = undefined;
    this.#child.once("exit", goOn);
    this.#child.kill("SIGKILL");
    return undefined;
  }
}
