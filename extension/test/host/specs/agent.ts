/** A vendor's own extension: an agent, bundled with it, installs a package in the extension host. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createAgent } from "@outrider/sdk/agent";
import { openEnvelope, recognize } from "@outrider/sdk/messages";
import { uncObtainer } from "@outrider/sdk/obtain/unc";
import { describe, it } from "mocha";

describe("an agent in the extension host", () => {
  it("installs what was sent, and leaves the host as it was", async () => {
    // Written by the flow, beside this bundle.
    const folder = join(__dirname, "product");
    const { fetch } = globalThis;
    const trust = recognize(await readFile(join(folder, "trust.json")), "trust/1");
    assert.ok(trust);
    const agent = await createAgent({
      id: "till-7",
      groups: ["tills"],
      receivers: [],
      receiptSenders: [],
      dataDirectory: join(folder, "data"),
      installDirectory: join(folder, "installed"),
      trust: openEnvelope(trust),
      obtainers: [uncObtainer({ roots: [join(folder, "share")] })],
    });
    const bytes = await readFile(join(folder, "message.json"));
    await agent.receiveOne({ bytes, origin: "file", settle: async () => undefined });
    await agent.close();
    const installed = join(folder, "installed/demo-app/current/app.txt");
    assert.equal(await readFile(installed, "utf8"), "demo-app 1.0.0\n");
    assert.equal(globalThis.fetch, fetch);
  });
});
