/** THREATS T6: a stranger asks for the catalog, or whether the server is ready, thousands of times at once; orders stand in line behind. */
import type { AddressInfo } from "node:net";
import createFastify from "fastify";
import { expect, test } from "vitest";
import type { HttpParts } from "../../src/server/http/index.ts";
import { publicRoutes } from "../../src/server/http/routes/public.ts";

test.each(["catalog.json", "readyz"])(
  "T6 %s is made once for all who ask meanwhile",
  async (path) => {
    let made = 0;
    let asked = 0;
    let release = (): void => undefined;
    const waiting = new Promise<void>((resolve) => (release = resolve));
    const make = async (): Promise<void> => {
      made++;
      await waiting;
    };
    const server = {
      catalog: async () => make().then(() => Buffer.from("{}")),
      readiness: async () => make().then(() => ({ isReady: true, checks: {} })),
    };
    const app = createFastify();
    app.addHook("onRequest", async () => void asked++);
    publicRoutes(app, { server } as unknown as HttpParts);
    await app.listen({ port: 0, host: "127.0.0.1" });
    const url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}/${path}`;
    try {
      const answers = Promise.all(Array.from({ length: 100 }, () => fetch(url)));
      await expect.poll(() => asked).toBe(100);
      release();
      expect((await answers).every(({ ok }) => ok)).toBe(true);
      expect(made).toBe(1);
      expect((await fetch(url)).ok).toBe(true);
      expect(made).toBe(2);
    } finally {
      release();
      await app.close();
    }
  },
);
