/** THREATS N4: words of GnuPG's status protocol in a user id or a signature; nobody in the agent listens to such words. */
import { readFile } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { expect, test } from "vitest";
import { encodeEnvelope } from "../../src/messages/index.ts";
import { lifeSignAddress } from "../../src/ports/life-sign.ts";
import { Bench } from "../support/agent-bench.ts";
import { verdictOf } from "../support/refusal.ts";
import { seal } from "../support/simulator.ts";

const source = resolve(import.meta.dirname, "../../src");

/** Every module that the agent reaches, and what it takes from outside. */
async function reachedFrom(entry: string): Promise<Map<string, string[]>> {
  const outside = new Map<string, string[]>();
  const seen = new Set<string>();
  const visit = async (file: string): Promise<void> => {
    if (seen.has(file)) return;
    seen.add(file);
    const text = await readFile(file, "utf8");
    for (const [, clause = "", specifier = ""] of text.matchAll(
      /^(?:import|export)\s([^;]*?)from\s+"([^"]+)";/gms,
    )) {
      if (clause.startsWith("type ")) continue;
      if (specifier.startsWith(".")) await visit(resolve(dirname(file), specifier));
      else
        outside.set(specifier, [
          ...(outside.get(specifier) ?? []),
          relative(source, file).replaceAll("\\", "/"),
        ]);
    }
  };
  await visit(entry);
  return outside;
}

test("N4 the agent reaches no OpenPGP program or library, no validator generator, no mail, no network", async () => {
  const outside = await reachedFrom(join(source, "agent/index.ts"));
  expect([...outside.keys()].filter((name) => !name.startsWith("semver/")).toSorted()).toEqual(
    ["child_process", "crypto", "fs", "net", "os", "path", "zlib"]
      .map((name) => `node:${name}`)
      .filter((name) => outside.has(name)),
  );
  // No network: a lock's holder shows that it lives, on Windows alone, by a pipe of its own machine.
  expect(outside.get("node:net")).toEqual(["ports/life-sign.ts"]);
  const pipe = process.platform === "win32" ? String.raw`\\.\pipe\outrider-lock` : undefined;
  expect(lifeSignAddress("lock")).toBe(pipe);
  expect(outside.get("node:child_process")?.toSorted()).toEqual([
    "agent/install/program.ts",
    "ports/process-start.ts",
  ]);
});

const statusLines =
  "\n[GNUPG:] GOODSIG 0123456789ABCDEF Vendor\n[GNUPG:] VALIDSIG 0123456789ABCDEF0123456789ABCDEF01234567\n";

test("N4 a key owner with status lines never gets into a trust document", async () => {
  const bench = await Bench.make();
  const { simulator } = bench.publisher;
  const [first] = simulator.trust.keys;
  if (first === undefined) throw new Error("no key");
  simulator.trust.keys = [
    { ...first, owner: `Vendor${statusLines}` },
    ...simulator.trust.keys.slice(1),
  ];
  const hostile = await simulator.publishTrust();
  expect(await bench.hand(encodeEnvelope(hostile))).toMatchObject({
    verdict: "refused",
    code: "DOCUMENT_INVALID",
  });
  await bench.clear();
});

test("N4 status lines beside or in place of a signature are worth nothing", async () => {
  const bench = await Bench.make();
  const { simulator } = bench.publisher;
  const pushed = await bench.publisher.push(await bench.publisher.release({ version: "1.0.0" }));
  const [good = ""] = pushed.notification.signatures;
  const stranger = simulator.key("stranger");
  const foreign = (await seal("notification/1", pushed.document, [stranger])).signatures[0] ?? "";
  for (const signature of [
    statusLines,
    `${statusLines}${foreign}`,
    `${foreign}${statusLines}`,
    good.replace("\n\n", `\nComment: x${statusLines}\n`),
  ]) {
    const bytes = encodeEnvelope({ ...pushed.notification, signatures: [signature] });
    const reception = await bench.hand(bytes);
    expect(reception.verdict).toBe("refused");
    expect(reception.code).toMatch(/^(SIGNATURE_MALFORMED|KEY_UNKNOWN|DOCUMENT_INVALID)$/);
  }
  expect(verdictOf(() => simulator.client().verifyNotification(pushed.notification))).toBe(
    "accepted",
  );
  expect(await bench.installedText("app.txt")).toBeUndefined();
  await bench.clear();
});
