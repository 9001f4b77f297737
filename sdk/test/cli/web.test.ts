/** An agent behind a web proxy, configured as a person does it: catalog, archive and receipt all go through. */
import { expect, test } from "vitest";
import { startWebProxy } from "../support/web-proxy.ts";
import { makeAgent, makeServer } from "./support/fleet.ts";
import type { Program } from "./support/program.ts";
import { makeVendor, packageFolder } from "./support/vendor.ts";
import { Workshop } from "./support/workshop.ts";

test("by HTTP alone, through the proxy that the environment names, and reported through it", async () => {
  await using workshop = await Workshop.open();
  await using proxy = await startWebProxy();
  const keys = await makeVendor(workshop);
  const programs: Program[] = [];
  const [url, config] = ["http://127.0.0.1:1/", "ship.json"];
  try {
    const nowhere = [{ kind: "http" as const, url }];
    const ship = await makeAgent(workshop, "ship", { http: true }, { receivers: nowhere });
    await makeServer(workshop, keys.server, { transports: {}, agents: [ship] });
    await workshop.done("publish", packageFolder);
    const server = workshop.start("serve");
    programs.push(server);
    const found = await server.says(/^http:\S+$/m);
    await makeAgent(
      workshop,
      "ship",
      { http: true },
      {
        receivers: [{ kind: "http", url: found, pollSeconds: 1 }],
        receipts: [{ kind: "http", url: found }],
      },
    );
    const environment = { http_proxy: proxy.url, no_proxy: "" };
    const agent = workshop.startIn(environment, "agent", "run", config);
    programs.push(agent);
    const push = ["push", "--package", packageFolder, "--group", "ships", "--server", found];
    await workshop.done(...push, "--key", keys.ada.secretKey);
    await agent.says(/finished +name=press-control version=3\.0\.0 outcome=installed/);
    const wasAsked = (what: string): boolean => proxy.asked.some((line) => line.includes(what));
    for (const path of ["catalog.json", "catalog-events", "packages/", "receipts"])
      await expect.poll(() => wasAsked(found + path)).toBe(true);
    expect(wasAsked(`POST ${found}receipts`)).toBe(true);
    expect(agent.stderr + agent.stdout).not.toContain("sesame");
  } finally {
    for (const program of programs) program.signal("SIGINT");
    for (const program of programs) await program.ended();
  }
});

test("a configured authority that is not there is said before anything starts", async () => {
  await using workshop = await Workshop.open();
  await makeVendor(workshop);
  await makeAgent(
    workshop,
    "ship",
    { http: true },
    { receivers: [{ kind: "http", url: "https://updates.vendor.test/" }] },
  );
  const text = JSON.parse(await workshop.read("ship.json")) as object;
  await workshop.write("ship.json", { ...text, web: { caFile: "nobody.pem" } });
  const { exit, stderr } = await workshop.run(["agent", "run", "ship.json"]);
  expect([exit, stderr]).toEqual([2, expect.stringContaining("nobody.pem")]);
});
