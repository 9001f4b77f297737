/** The local server is an ordinary vendor: a package that his key signs is pushed to his agents and installed. */
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { serverClient } from "@outrider/sdk/client";
import { buildPackage } from "@outrider/sdk/package/build";
import { silentLogger } from "@outrider/sdk/ports";
import { addSignature, makeTrigger, readSignable, signWith } from "@outrider/sdk/release";
import { fileKeySource } from "@outrider/sdk/signing/sources";
import { afterAll, beforeAll, expect, test } from "vitest";
import { trialGroup } from "./trial-group.ts";
import { startTrial } from "./trial.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "outrider-trial-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const { signal } = new AbortController();
const options = () => ({
  directory: join(folder, "trial"),
  logger: silentLogger,
  keyName: "Lokaler Schlüssel",
});

test("a push is installed by all of its agents, and nothing is left running", async () => {
  const trial = await startTrial(options());
  const desk = {
    workingDirectory: folder,
    signal,
    follow: () => ({ update: () => undefined, stop: () => undefined }),
  };
  try {
    await mkdir(join(folder, "app"));
    await writeFile(join(folder, "app/hello.txt"), "hello\n");
    const source = {
      name: "hello",
      version: "1.0.0",
      files: [{ from: "app/**" }],
      install: { strategy: "directory" },
    };
    await writeFile(join(folder, "outrider.json"), JSON.stringify(source));
    const { directory } = await buildPackage({
      sourceFile: join(folder, "outrider.json"),
      outputDirectory: join(folder, "dist"),
      releasedAt: new Date(),
    });
    const key = await fileKeySource({ armored: await readFile(trial.vendor.keyFile, "utf8") });
    const signable = await readSignable(desk, directory);
    await addSignature(desk, signable, await signWith(desk, signable, key), trial.vendor.trust);
    await trial.publish(directory, signal);
    const order = { audience: { groups: [trialGroup] } };
    const { trigger } = await makeTrigger(desk, order, {
      package: directory,
      openKey: async () => key,
    });
    const client = serverClient({ url: trial.url });
    await client.post("triggers", trigger);
    for (const agent of ["sample-1", "sample-2", "sample-3"])
      await expect
        .poll(() =>
          readFile(
            join(trial.installed, agent, "installed/hello/current/app/hello.txt"),
            "utf8",
          ).catch(() => ""),
        )
        .toBe("hello\n");
    await expect(startTrial(options())).rejects.toMatchObject({ code: "SERVER_BUSY" });
  } finally {
    await trial.close();
  }
  const socket = connect(Number(new URL(trial.url).port), "127.0.0.1");
  await expect(once(socket, "connect")).rejects.toMatchObject({ code: "ECONNREFUSED" });
});

test("the same vendor comes back", async () => {
  const before = await readFile(join(folder, "trial/vendor/trust.json"), "utf8");
  const trial = await startTrial(options());
  await trial.close();
  expect(await readFile(trial.vendor.trustFile, "utf8")).toBe(before);
  expect(trial.vendor.isNew).toBe(false);
});
