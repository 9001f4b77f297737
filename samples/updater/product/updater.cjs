"use strict";
/**
 * The product's updater: embeds Outrider's agent, which hears from a mailbox and from a share.
 *
 * CommonJS, as in the main process of an Electron product: from Node 22 on, `require` takes the SDK's ES modules.
 */
const { readFileSync } = require("node:fs");
const { join } = require("node:path");
const { createAgent } = require("@outrider/sdk/agent");
const { openEnvelope, recognize } = require("@outrider/sdk/messages");
const { attachedObtainer } = require("@outrider/sdk/obtain/attached");
const { uncObtainer } = require("@outrider/sdk/obtain/unc");
const { maildirReceiver } = require("@outrider/sdk/transports/email/receiver");
const { uncReceiptSender } = require("@outrider/sdk/transports/unc/receipts");
const { uncReceiver } = require("@outrider/sdk/transports/unc/receiver");

/** Runs the agent until stopped, or until another version of the product is in place: then it answers true. */
exports.followUpdates = async function followUpdates({ home, version, signal }) {
  const { id, groups, maildir, share, pollMs } = JSON.parse(
    readFileSync(join(home, "settings.json"), "utf8"),
  );
  const agent = await createAgent({
    id,
    groups,
    dataDirectory: join(home, "data"),
    installDirectory: join(home, "installed"),
    trust: openEnvelope(recognize(readFileSync(join(home, "trust.json")), "trust/1"), "trust.json"),
    bundled: { mimetype: version },
    receivers: [
      maildirReceiver({ path: maildir, spoolDirectory: join(home, "spool"), pollMs }),
      uncReceiver({ root: share, pollMs }),
    ],
    obtainers: [attachedObtainer(), uncObtainer({ roots: [share] })],
    receiptSenders: [uncReceiptSender({ root: share })],
  });
  const stop = new AbortController();
  let updated = false;
  agent.on((event) => {
    if (event.type !== "finished" || event.outcome !== "installed") return;
    updated = true;
    stop.abort();
  });
  try {
    await agent.run({ signal: AbortSignal.any([signal, stop.signal]) });
  } finally {
    await agent.close();
  }
  return updated;
};
