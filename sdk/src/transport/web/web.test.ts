import { expect, test } from "vitest";
import { startHttp } from "../../../test/support/archive-server.ts";
import { startWebProxy } from "../../../test/support/web-proxy.ts";
import { askWeb, environmentProxies, oneProxy, type ChooseProxy } from "./index.ts";

const { signal } = new AbortController();

async function read(url: string, proxies: ChooseProxy): Promise<string> {
  const answer = await askWeb(new URL(url), { proxies, signal });
  let text = "";
  for await (const piece of answer) text += String(piece);
  return `${answer.statusCode} ${text}`;
}

test.each([
  ["http://a.test/", { http_proxy: "http://one:1" }, "http://one:1/"],
  ["http://a.test/", { HTTP_PROXY: "one:1" }, "http://one:1/"],
  ["http://a.test/", { HTTP_PROXY: "one:1", REQUEST_METHOD: "POST" }, undefined],
  ["http://a.test/", { http_proxy: "one:1", REQUEST_METHOD: "POST" }, "http://one:1/"],
  ["http://a.test/", { http_proxy: "http://one:1", HTTP_PROXY: "http://two:2" }, "http://one:1/"],
  ["https://a.test/", { http_proxy: "http://one:1" }, undefined],
  ["https://a.test/", { HTTPS_PROXY: "https://one:1" }, "https://one:1/"],
  ["http://a.test/", { http_proxy: "" }, undefined],
  ["http://a.test/", { http_proxy: "http://one:1", NO_PROXY: "*" }, undefined],
  ["http://a.test/", { http_proxy: "http://one:1", NO_PROXY: "b.test, a.test" }, undefined],
  ["http://x.a.test/", { http_proxy: "http://one:1", NO_PROXY: "a.test" }, undefined],
  ["http://x.a.test/", { http_proxy: "http://one:1", NO_PROXY: "*.a.test" }, undefined],
  ["http://aa.test/", { http_proxy: "http://one:1", NO_PROXY: "a.test" }, "http://one:1/"],
  ["http://a.test/", { http_proxy: "http://one:1", NO_PROXY: "a.test:8080" }, "http://one:1/"],
  ["http://a.test:8080/", { http_proxy: "http://one:1", NO_PROXY: "A.TEST:8080" }, undefined],
  ["http://[fd00::1]/", { http_proxy: "http://one:1", NO_PROXY: "[fd00::1]" }, undefined],
  ["http://10.0.0.1/", { http_proxy: "http://one:1", NO_PROXY: "10.0.0.1" }, undefined],
  ["http://a.test/", { http_proxy: "http://one:1", NO_PROXY: "," }, "http://one:1/"],
  ["http://10.9.8.7/", { http_proxy: "http://one:1", NO_PROXY: "a.test,10.0.0.0/8" }, undefined],
  ["http://10.9.8.7:80/", { http_proxy: "http://one:1", NO_PROXY: "10.9.8.6/31" }, undefined],
  ["http://11.0.0.1/", { http_proxy: "http://one:1", NO_PROXY: "10.0.0.0/8" }, "http://one:1/"],
  ["http://[fd00::1]/", { http_proxy: "http://one:1", NO_PROXY: "fd00::/8" }, undefined],
  ["http://[fe80::1]/", { http_proxy: "http://one:1", NO_PROXY: "[fd00::]/8" }, "http://one:1/"],
  ["http://10.0.0.1/", { http_proxy: "http://one:1", NO_PROXY: "10.0.0.0/33" }, "http://one:1/"],
  ["http://10.0.0.1/", { http_proxy: "http://one:1", NO_PROXY: "10.0/8" }, "http://one:1/"],
  ["http://ten.test/", { http_proxy: "http://one:1", NO_PROXY: "0.0.0.0/0" }, "http://one:1/"],
])("%s with %j goes by %s", (url, environment, proxy) => {
  expect(environmentProxies(environment)(new URL(url))?.href).toBe(proxy);
});

test("a proxy that is none is refused, and its text, which may hold a password, is not repeated", () => {
  for (const wrong of ["ftp://agent:secret@proxy", "http://", "secret word"])
    for (const choose of [oneProxy, (http_proxy: string) => environmentProxies({ http_proxy })])
      expect(() => choose(wrong)).toThrow(
        expect.objectContaining({
          code: "CONFIG_INVALID",
          message: expect.not.stringContaining("secret"),
        }),
      );
});

test("by a proxy the whole address is asked for, and the proxy's login stays with it", async () => {
  await using proxy = await startWebProxy();
  let seen: unknown;
  await using server = await startHttp((request, response) => {
    seen = request.headers;
    response.end("here");
  });
  const url = `http://${server.host}/folder/`;
  expect(await read(url, oneProxy(proxy.url))).toBe("200 here");
  expect(proxy.asked).toEqual([`GET ${url}`]);
  expect(seen).toMatchObject({ host: server.host });
  expect(seen).not.toHaveProperty("authorization");
  expect(seen).not.toHaveProperty("proxy-authorization");
});

test("a proxy that lets nothing through says so, without its login", async () => {
  await using proxy = await startWebProxy(403);
  const refused = read("https://vendor.test/", oneProxy(proxy.url));
  await expect(refused).rejects.toThrow(/^the proxy 127\.0\.0\.1:\d+ answered 403$/);
  expect(proxy.asked).toEqual(["CONNECT vendor.test:443"]);
});
