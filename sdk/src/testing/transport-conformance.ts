/**
 * What every transport must keep, as cases for any test runner:
 * `for (const { name, run } of transportConformance(setup)) test(name, run)`.
 *
 * A transport carries exact bytes and believes nothing; what was not settled comes again; ending is not an error.
 */
import { deepEqual, equal, ok } from "node:assert/strict";
import { createHash, randomBytes, randomUUID } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Delivery, Incoming, Receiver, Sender } from "../transport/index.ts";

/** A transport, set up for one case. */
export interface TransportUnderTest {
  readonly sender: Sender;
  /** Address of the one agent there is. */
  readonly address: string;
  /** A receiver of that agent; called again after a "restart". */
  readonly openReceiver: () => Receiver;
  /** A private folder of the case. */
  readonly directory: string;
  /** Can it carry an archive along with the notification? */
  readonly attaches: boolean;
  /** Does it show a catalog, from which the notification is fetched (a share)? */
  readonly showsCatalog: boolean;
  close(): Promise<void>;
}

/** One case. */
export interface ConformanceCase {
  readonly name: string;
  readonly run: () => Promise<void>;
}

/** Only what never comes is waited for so long: shares and mail of a busy machine are slow. */
const patienceMs = 60_000;

/** The cases. @param setup makes a fresh transport for each. */
export function transportConformance(
  setup: () => Promise<TransportUnderTest>,
): readonly ConformanceCase[] {
  const withTransport =
    (work: (transport: TransportUnderTest) => Promise<void>) => async (): Promise<void> => {
      const transport = await setup();
      try {
        await work(transport);
      } finally {
        await transport.close();
      }
    };
  return [
    { name: "carries the exact bytes", run: withTransport(carriesExactBytes) },
    { name: "carries 200,000 bytes of any Unicode", run: withTransport(carriesUnicode) },
    { name: "carries an archive along, unaltered", run: withTransport(carriesArchive) },
    { name: "gives one outcome per recipient, in order", run: withTransport(givesOutcomes) },
    {
      name: "yields again after a restart what was not settled",
      run: withTransport(repeatsUnsettled),
    },
    {
      name: "does not yield a settled message again while it listens",
      run: withTransport(settlesOnce),
    },
    { name: "ends without an error when it is aborted", run: withTransport(endsOnAbort) },
    { name: "refuses to send once the signal was given", run: withTransport(refusesCancelled) },
  ];
}

async function carriesExactBytes(transport: TransportUnderTest): Promise<void> {
  const delivery = makeDelivery(transport, "a < b & c\u0000 \u2028 \ud83d\udc34 .\r\n.\r\nFrom x");
  await send(transport, delivery);
  deepEqual(await receiveDocument(transport), delivery.envelope);
}

async function carriesUnicode(transport: TransportUnderTest): Promise<void> {
  const delivery = makeDelivery(transport, "žluťoučký kůň 🐎\n".repeat(8000));
  await send(transport, delivery);
  deepEqual(await receiveDocument(transport), delivery.envelope);
}

async function carriesArchive(transport: TransportUnderTest): Promise<void> {
  if (!transport.attaches) return;
  const bytes = randomBytes(300_001);
  const path = join(transport.directory, "archive");
  await writeFile(path, bytes);
  const attachment = { path, size: bytes.length, sha256: sha256(bytes) };
  await send(transport, { ...makeDelivery(transport, "with archive"), attachment });
  await receiveOne(transport, async (incoming) => {
    equal(incoming.attachment?.size, bytes.length);
    equal(sha256(await readFile(incoming.attachment?.path ?? "")), attachment.sha256);
    await incoming.settle("handled");
  });
}

async function givesOutcomes(transport: TransportUnderTest): Promise<void> {
  const outcomes = await transport.sender.send(makeDelivery(transport, "outcomes"));
  deepEqual(
    outcomes.map(({ agent, outcome }) => [agent, outcome]),
    [["agent-1", "accepted"]],
  );
}

async function repeatsUnsettled(transport: TransportUnderTest): Promise<void> {
  await send(transport, makeDelivery(transport, "again"));
  const first = await receiveOne(transport, async () => undefined);
  const second = await receiveOne(transport, async (incoming) => incoming.settle("handled"));
  deepEqual(second, first);
}

async function settlesOnce(transport: TransportUnderTest): Promise<void> {
  await send(transport, makeDelivery(transport, "first"));
  const controller = new AbortController();
  const signal = AbortSignal.any([controller.signal, AbortSignal.timeout(patienceMs)]);
  const seen: string[] = [];
  const second = makeDelivery(transport, "second");
  for await (const incoming of transport.openReceiver().receive({ signal })) {
    seen.push(sha256(incoming.bytes));
    await incoming.settle("handled");
    await incoming.settle("handled");
    if (seen.length === 1) await send(transport, second);
    else controller.abort();
  }
  equal(seen.length, 2);
  equal(new Set(seen).size, 2);
}

async function endsOnAbort(transport: TransportUnderTest): Promise<void> {
  const controller = new AbortController();
  const startedAt = performance.now();
  setTimeout(() => controller.abort(), 50);
  for await (const incoming of transport.openReceiver().receive({ signal: controller.signal }))
    await incoming.settle("ignored");
  ok(performance.now() - startedAt < patienceMs);
}

async function refusesCancelled(transport: TransportUnderTest): Promise<void> {
  const sending = transport.sender.send(makeDelivery(transport, "cancelled"), {
    signal: AbortSignal.abort(),
  });
  await sending.then(
    () => ok(false, "it was sent: send() must throw CANCELLED (throwIfCancelled of transport/)"),
    (error: unknown) => equal((error as { readonly code?: unknown }).code, "CANCELLED"),
  );
}

/** A delivery to the one agent; the document inside the envelope is unsigned: carriers do not look. */
function makeDelivery(transport: TransportUnderTest, text: string): Delivery {
  const envelope = encode({ outrider: "notification/1", document: text, signatures: ["none"] });
  const catalog = encode({
    outrider: "catalog/1",
    document: sha256(envelope),
    signatures: ["none"],
  });
  return {
    envelope,
    id: randomUUID(),
    deployment: randomUUID(),
    summary: { packageName: "conformance", version: "1.0.0", reason: "A test of the transport." },
    recipients: [{ agent: "agent-1", address: transport.address }],
    ...(transport.showsCatalog ? { catalog } : {}),
  };
}

async function send(transport: TransportUnderTest, delivery: Delivery): Promise<void> {
  for (const { outcome, detail } of await transport.sender.send(delivery))
    equal(outcome, "accepted", detail);
}

async function receiveOne(
  transport: TransportUnderTest,
  use: (incoming: Incoming) => Promise<void>,
): Promise<Uint8Array> {
  const signal = AbortSignal.timeout(patienceMs);
  for await (const incoming of transport.openReceiver().receive({ signal })) {
    await use(incoming);
    return incoming.bytes;
  }
  throw new Error("Nothing arrived.");
}

/** The notification, by way of the catalog where there is one. */
async function receiveDocument(transport: TransportUnderTest): Promise<Buffer | Uint8Array> {
  let document: Uint8Array | undefined;
  await receiveOne(transport, async (incoming) => {
    document = incoming.bytes;
    if (transport.showsCatalog) {
      const { document: named } = JSON.parse(new TextDecoder().decode(incoming.bytes)) as {
        readonly document: string;
      };
      document = await incoming.shelf?.notification(named, {
        signal: AbortSignal.timeout(patienceMs),
      });
    }
    await incoming.settle("handled");
  });
  return new Uint8Array(document ?? []);
}

function encode(envelope: object): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(envelope));
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
