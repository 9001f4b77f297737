/** Who may read, and from where. */
import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { servedVendor, type ServedVendor } from "../../../test/support/served-vendor.ts";
import { Vendor } from "../../../test/support/vendor.ts";

let ground: ServedVendor;

describe("with a token", () => {
  const token = "a-token-of-some-length";
  beforeEach(async () => {
    ground = await servedVendor({ listen: { port: 0, token } });
  });
  afterEach(() => ground.vendor.close());

  test("people show it, agents need not", async () => {
    for (const path of ["deployments", "audit", "metrics", `deployments/${randomUUID()}`]) {
      expect((await fetch(`${ground.url}${path}`)).status).toBe(401);
      expect(
        (await fetch(`${ground.url}${path}`, { headers: { authorization: "Bearer wrong" } }))
          .status,
      ).toBe(401);
      const shown = await fetch(`${ground.url}${path}`, {
        headers: { authorization: `Bearer ${token}` },
      });
      expect(shown.status).not.toBe(401);
    }
    expect((await fetch(`${ground.url}healthz`)).status).toBe(200);
    expect((await fetch(`${ground.url}catalog.json`)).status).toBe(200);
    expect((await ground.post("triggers", await ground.vendor.trigger(ground.hosted))).status).toBe(
      202,
    );
  });
});

test("beyond loopback it does not start without a token", async () => {
  const vendor = await Vendor.open({ listen: { host: "0.0.0.0", port: 0 } });
  await expect(vendor.server.start()).rejects.toMatchObject({ code: "CONFIG_INVALID" });
  await vendor.close();
});
