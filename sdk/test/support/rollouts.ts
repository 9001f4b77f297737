/** A vendor for each test with a release that is published, and short words for what is done with its deployments. */
import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, expect } from "vitest";
import type { PublishedPackage } from "../../src/host/index.ts";
import type { DeploymentProgress } from "../../src/ledger/index.ts";
import type { Control, Rollout } from "../../src/schema/index.ts";
import { createControl } from "../../src/trigger/index.ts";
import { Vendor } from "./vendor.ts";

/** The present test's. */
export interface Rollouts {
  readonly vendor: Vendor;
  readonly hosted: PublishedPackage;
  readonly progressOf: (deployment: string) => Promise<DeploymentProgress>;
  /** Pushes the release to all tills. @returns the deployment's id, once what is due at once was done */
  readonly push: (rollout?: Rollout) => Promise<string>;
  /** Sends a control, signed by these or by whoever may push. @returns the verdict */
  readonly control: (
    deployment: string,
    action: Control["action"],
    keys?: Vendor["simulator"]["signers"]["push"],
  ) => Promise<object>;
  /** Everybody who was written to and has not answered does so. */
  readonly answer: (
    deployment: string,
    outcomeOf: (agent: string) => "installed" | "failed" | "silent",
  ) => Promise<void>;
}

/** For a test file; called once. */
export function rollouts(): Rollouts {
  let vendor: Vendor;
  let hosted: PublishedPackage;
  beforeEach(async () => {
    vendor = await Vendor.open();
    hosted = await vendor.publish("demo-app", "2.0.0");
  });
  afterEach(() => vendor.close());
  return {
    get vendor() {
      return vendor;
    },
    get hosted() {
      return hosted;
    },
    progressOf: async (deployment) => (await vendor.store.deployments.progress(deployment))!,
    push: async (rollout = {}) => {
      const id = randomUUID();
      const verdict = await vendor.server.submit(await vendor.trigger(hosted, { id, rollout }));
      expect(verdict).toMatchObject({ outcome: "accepted" });
      await vendor.server.settle();
      return id;
    },
    control: async (deployment, action, keys = vendor.simulator.signers.push) => {
      const bytes = await createControl({
        deployment,
        action,
        reason: `please ${action}`,
        ...(action === "recall" ? { manifest: hosted.manifestSha256 } : {}),
        keys: keys.map(({ source }) => source),
        clock: { now: () => vendor.simulator.now },
      });
      const verdict = await vendor.server.control(bytes);
      await vendor.server.settle();
      return verdict;
    },
    answer: async (deployment, outcomeOf) => {
      for (const { agent } of await vendor.store.deployments.ledger(deployment, {
        state: "sent",
      })) {
        const outcome = outcomeOf(agent);
        if (outcome !== "silent")
          await vendor.server.receive(await vendor.receipt(agent, deployment, outcome));
      }
      await vendor.server.settle();
    },
  };
}
