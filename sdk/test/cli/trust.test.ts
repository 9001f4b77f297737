/** Threshold, rotation and revocation, from the command line only. */
import { expect, test } from "vitest";
import { joinSignatures } from "../../src/signing/index.ts";
import { makeKey, makePackage, type KeyFiles } from "./support/vendor.ts";
import { Workshop } from "./support/workshop.ts";

/** Keys of these people, by name. */
async function makeKeys<Name extends string>(
  workshop: Workshop,
  ...names: readonly Name[]
): Promise<Record<Name, KeyFiles>> {
  const keys: [Name, KeyFiles][] = [];
  for (const name of names) keys.push([name, await makeKey(workshop, name)]);
  return Object.fromEntries(keys) as Record<Name, KeyFiles>;
}

async function signTrust(workshop: Workshop, ...signers: readonly KeyFiles[]): Promise<void> {
  for (const { secretKey } of signers) await workshop.done("trust", "sign", "--key", secretKey);
}

async function codeOf(workshop: Workshop, target: string): Promise<string> {
  const { exit, stdout } = await workshop.run(["verify", target, "--json"]);
  const { code = "good" } = JSON.parse(stdout) as { code?: string };
  expect(exit).toBe(code === "good" ? 0 : 1);
  return code;
}

interface Version {
  readonly complete: boolean;
  readonly document: { readonly version: number; readonly revoked?: { readonly keys?: string[] } };
  readonly tallies: readonly { readonly needed: number; readonly signed: readonly string[] }[];
}

async function shown(
  workshop: Workshop,
  ...options: readonly string[]
): Promise<{ readonly inForce: Version | null; readonly draft: Version | null }> {
  return workshop.json("trust", "show", ...options);
}

test("a two-of-three release", async () => {
  await using workshop = await Workshop.open();
  const { root, server, ada, ben, cora } = await makeKeys(
    workshop,
    "root",
    "server",
    "ada",
    "ben",
    "cora",
  );
  await workshop.done("trust", "init", "--root", root.publicKey, "--server", server.publicKey);
  const three = [ada.publicKey, ben.publicKey, cora.publicKey];
  await workshop.done(
    "trust",
    "add-key",
    ...three,
    "--role",
    "release",
    "--package",
    "press-*",
    "--threshold",
    "2",
  );
  await signTrust(workshop, root);
  const folder = await makePackage(workshop);

  expect(await workshop.done("sign", folder, "--key", ada.secretKey)).toContain(
    "release of press-control: 1 of 2 signed (ada), 1 more needed",
  );
  expect(await codeOf(workshop, folder)).toBe("THRESHOLD_NOT_MET");
  // The same person again is one person.
  expect(await workshop.done("sign", folder, "--key", ada.secretKey)).toContain(
    "1 of 2 signed (ada), 1 more needed",
  );
  expect(await codeOf(workshop, folder)).toBe("THRESHOLD_NOT_MET");
  expect(await workshop.done("sign", folder, "--key", cora.secretKey)).toContain(
    "2 of 2 signed (ada, cora), enough",
  );
  expect(await codeOf(workshop, folder)).toBe("good");
  expect(await workshop.done("verify", folder)).toContain("takes 2 of its persons");
});

test("a root of two persons: each signs the same file, and only together does it count", async () => {
  await using workshop = await Workshop.open();
  const { ada, ben, server } = await makeKeys(workshop, "ada", "ben", "server");
  await workshop.done(
    "trust",
    "init",
    "--root",
    ada.publicKey,
    "--root",
    ben.publicKey,
    "--root-threshold",
    "2",
    "--server",
    server.publicKey,
  );
  await workshop.done("trust", "add-key", ada.publicKey, "--role", "release", "--package", "*");
  const folder = await makePackage(workshop);
  await workshop.done("sign", folder, "--key", ada.secretKey);

  const first = await workshop.json("trust", "sign", "--key", ada.secretKey);
  expect(first).toMatchObject({
    complete: false,
    tallies: [{ needed: 2, signed: [ada.fingerprint] }],
  });
  expect(await workshop.run(["verify", folder])).toMatchObject({
    exit: 2,
    stderr: expect.stringMatching(/^error TRUST_MISSING: trust\.json/),
  });
  expect(await workshop.run(["verify", folder, "--trust", "trust.next.json"])).toMatchObject({
    exit: 1,
    stderr: expect.stringMatching(/^error THRESHOLD_NOT_MET: .*trust\.next\.json/),
  });
  expect(await workshop.json("trust", "sign", "--key", ben.secretKey)).toMatchObject({
    complete: true,
  });
  expect(await codeOf(workshop, folder)).toBe("good");
  expect(await shown(workshop)).toMatchObject({
    inForce: { document: { version: 1 } },
    draft: null,
  });
});

test("a root key is replaced: the old and the new one sign", async () => {
  await using workshop = await Workshop.open();
  const { old, fresh, server, ada } = await makeKeys(workshop, "old", "fresh", "server", "ada");
  await workshop.done("trust", "init", "--root", old.publicKey, "--server", server.publicKey);
  await workshop.done("trust", "add-key", ada.publicKey, "--role", "release", "--package", "*");
  await signTrust(workshop, old);
  const folder = await makePackage(workshop);
  await workshop.done("sign", folder, "--key", ada.secretKey);
  const [text, signatures] = [
    await workshop.read("trust.json"),
    await workshop.read("trust.json.asc"),
  ];

  await workshop.done("trust", "add-key", fresh.publicKey, "--role", "root");
  await workshop.done("trust", "remove-key", old.fingerprint);
  // The new root alone is nobody that the machines know. Meanwhile version 1 is in force, as it was.
  await signTrust(workshop, fresh);
  const half = await shown(workshop);
  expect(half.inForce).toMatchObject({ complete: true, document: { version: 1 } });
  expect(half.draft).toMatchObject({
    complete: false,
    document: { version: 2 },
    tallies: [
      { needed: 1, signed: [] },
      { needed: 1, signed: [fresh.fingerprint] },
    ],
  });
  expect(await codeOf(workshop, folder)).toBe("good");

  await signTrust(workshop, old);
  expect(await shown(workshop)).toMatchObject({
    inForce: { complete: true, document: { version: 2 } },
    draft: null,
  });
  expect(await codeOf(workshop, folder)).toBe("good");
  // Version 1 was kept as it was signed, for machines that still have it.
  expect(await workshop.read("trust.1.json")).toBe(text);
  expect(await workshop.read("trust.1.json.asc")).toBe(signatures);
  expect(await workshop.snapshot()).not.toContainEqual(expect.stringContaining("trust.next"));

  // From now on the old one counts for nothing.
  await workshop.done("trust", "rotate");
  await signTrust(workshop, old);
  expect(await shown(workshop)).toMatchObject({
    inForce: { document: { version: 2 } },
    draft: { complete: false },
  });
  await signTrust(workshop, fresh);
  expect(await shown(workshop)).toMatchObject({
    inForce: { document: { version: 3 } },
    draft: null,
  });
});

test("whoever signs is told what the draft changes", async () => {
  await using workshop = await Workshop.open();
  const { root, server, ada, ben } = await makeKeys(workshop, "root", "server", "ada", "ben");
  await workshop.done("trust", "init", "--root", root.publicKey, "--server", server.publicKey);
  await workshop.done("trust", "add-key", ada.publicKey, "--role", "release", "--package", "*");
  await signTrust(workshop, root);
  await workshop.done(
    "trust",
    "add-key",
    ben.publicKey,
    "--role",
    "release",
    "--package",
    "*",
    "--threshold",
    "2",
  );
  await workshop.done("trust", "add-key", ben.publicKey, "--role", "push", "--group", "hall-*");
  const { stderr } = await workshop.run(["trust", "sign", "--key", root.secretKey]);
  const short = (key: KeyFiles): string => key.fingerprint.slice(-16);
  expect(stderr).toContain("Signing version 2 in trust.next.json: ");
  expect(stderr).toContain(
    `  release of *: 2 of 2: ada (${short(ada)}), ben (${short(ben)}), was 1 of 1: ada (${short(ada)})\n`,
  );
  expect(stderr).toContain(`  push to hall-*: 1 of 1: ben (${short(ben)})\n`);
  expect(stderr).not.toContain("root:");
});

test("a kill while a version is put in force leaves one that holds", async () => {
  await using workshop = await Workshop.open();
  const { root, server, ada } = await makeKeys(workshop, "root", "server", "ada");
  await workshop.done("trust", "init", "--root", root.publicKey, "--server", server.publicKey);
  await workshop.done("trust", "add-key", ada.publicKey, "--role", "release", "--package", "*");
  await signTrust(workshop, root);
  const folder = await makePackage(workshop);
  await workshop.done("sign", folder, "--key", ada.secretKey);
  const first = {
    text: await workshop.read("trust.json"),
    signature: await workshop.read("trust.json.asc"),
  };
  await workshop.done("trust", "rotate");
  await signTrust(workshop, root);
  const second = {
    text: await workshop.read("trust.json"),
    signature: await workshop.read("trust.json.asc"),
  };

  await workshop.write("trust.json.asc", joinSignatures([first.signature, second.signature]));
  for (const { text } of [first, second]) {
    await workshop.write("trust.json", text);
    await workshop.write("trust.next.json", second.text);
    await workshop.write("trust.next.json.asc", second.signature);
    expect(await codeOf(workshop, folder)).toBe("good");
    await signTrust(workshop, root);
    expect(await shown(workshop)).toMatchObject({
      inForce: { complete: true, document: { version: 2 } },
      draft: null,
    });
    expect(await workshop.read("trust.json")).toBe(second.text);
  }
});

test("a draft that was overtaken is said to be", async () => {
  await using workshop = await Workshop.open();
  const { root, server } = await makeKeys(workshop, "root", "server");
  await workshop.done("trust", "init", "--root", root.publicKey, "--server", server.publicKey);
  await signTrust(workshop, root);
  await workshop.done("trust", "rotate", "--valid-days", "30");
  const other = await workshop.read("trust.next.json");
  await signTrust(workshop, root);
  await workshop.write("trust.next.json", other.replace('"version": 2', '"version":2'));
  const { exit, stderr } = await workshop.run(["trust", "sign", "--key", root.secretKey]);
  expect(exit).toBe(1);
  expect(stderr).toMatch(
    /^error TRUST_VERSION: trust\.next\.json is version 2, and trust\.json is version 2 already/,
  );
});

test("a stolen release key is revoked: what it signs, and has signed, is refused", async () => {
  await using workshop = await Workshop.open();
  const { root, server, ada, ben } = await makeKeys(workshop, "root", "server", "ada", "ben");
  await workshop.done("trust", "init", "--root", root.publicKey, "--server", server.publicKey);
  await workshop.done(
    "trust",
    "add-key",
    ada.publicKey,
    ben.publicKey,
    "--role",
    "release",
    "--package",
    "*",
  );
  await signTrust(workshop, root);
  const before = await makePackage(workshop, "3.0.0");
  await workshop.done("sign", before, "--key", ada.secretKey);
  const good = await makePackage(workshop, "3.0.1");
  await workshop.done("sign", good, "--key", ben.secretKey);
  expect([await codeOf(workshop, before), await codeOf(workshop, good)]).toEqual(["good", "good"]);

  const removed = await workshop.done(
    "trust",
    "remove-key",
    ada.fingerprint.toLowerCase(),
    "--revoke",
  );
  expect(removed).toContain(`${ada.fingerprint} is out and revoked.`);
  await signTrust(workshop, root);
  expect(await shown(workshop)).toMatchObject({
    inForce: { complete: true, document: { revoked: { keys: [ada.fingerprint] } } },
  });

  const after = await makePackage(workshop, "3.0.2");
  await workshop.done("sign", after, "--key", ada.secretKey);
  expect(await codeOf(workshop, before)).toBe("KEY_UNKNOWN");
  expect(await codeOf(workshop, after)).toBe("KEY_UNKNOWN");
  expect(await codeOf(workshop, good)).toBe("good");
});

test("the last person of a role is not removed unnoticed", async () => {
  await using workshop = await Workshop.open();
  const { root, server } = await makeKeys(workshop, "root", "server");
  await workshop.done("trust", "init", "--root", root.publicKey, "--server", server.publicKey);
  const before = await workshop.snapshot();
  const { exit, stderr } = await workshop.run(["trust", "remove-key", server.fingerprint]);
  expect(exit).toBe(2);
  expect(stderr).toMatch(/^error CONFIG_INVALID: .*0 persons are left for the role server/);
  expect(await workshop.snapshot()).toEqual(before);
});

test("editing a draft takes away the signatures that no longer fit", async () => {
  await using workshop = await Workshop.open();
  const { ada, ben, server } = await makeKeys(workshop, "ada", "ben", "server");
  await workshop.done(
    "trust",
    "init",
    "--root",
    ada.publicKey,
    "--root",
    ben.publicKey,
    "--root-threshold",
    "2",
    "--server",
    server.publicKey,
  );
  await signTrust(workshop, ada);
  const said = await workshop.done(
    "trust",
    "add-key",
    ada.publicKey,
    "--role",
    "push",
    "--group",
    "*",
  );
  expect(said).toContain("its signatures fit no more and were removed");
  expect(await shown(workshop)).toMatchObject({
    inForce: null,
    draft: { document: { version: 1 }, tallies: [{ needed: 2, signed: [] }] },
  });
});

test("trust show, for people: roles, keys, who has signed", async () => {
  await using workshop = await Workshop.open();
  const { root, server, ada } = await makeKeys(workshop, "root", "server", "ada");
  await workshop.done("trust", "init", "--root", root.publicKey, "--server", server.publicKey);
  await workshop.done(
    "trust",
    "add-key",
    ada.publicKey,
    "--role",
    "release",
    "--package",
    "press-*",
  );
  expect(await workshop.done("trust", "show")).toMatch(
    /^trust\.next\.json: draft of version 1, not in force\.\n {2}root: 1 of 1: root/,
  );
  await signTrust(workshop, root);
  await workshop.done("trust", "rotate");
  const said = await workshop.done("trust", "show");
  expect(said).toMatch(/^trust\.json: version 1, in force, /);
  expect(said).toMatch(/^release of press-\* +1 of 1 +ada +[0-9A-F]{40} +\d{4}-\d\d-\d\d$/m);
  expect(said).toMatch(/^trust\.next\.json: draft of version 2, not in force\.$/m);
});
