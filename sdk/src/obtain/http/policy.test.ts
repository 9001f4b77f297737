import { expect, test } from "vitest";
import { checkUrl, policedLookup } from "./policy.ts";

const policy = {
  hosts: ["cdn.vendor.test", "mirror.vendor.test:8443", "127.0.0.1:80", "[::1]:8080"],
  allowLoopback: false,
};

test.each([
  "https://cdn.vendor.test/packages/",
  "http://cdn.vendor.test/packages/",
  "https://CDN.vendor.test:443/",
  "https://mirror.vendor.test:8443/",
])("%s is allowed", (url) => {
  expect(() => checkUrl(new URL(url), policy)).not.toThrow();
});

test.each([
  "https://cdn.vendor.test:8443/",
  "https://mirror.vendor.test/",
  "https://cdn.vendor.test.evil.test/",
  "https://evil.test/cdn.vendor.test/",
  "https://cdn.vendor.test@evil.test/",
  "https://user:secret@cdn.vendor.test/",
  "ftp://cdn.vendor.test/",
  "file:///etc/hostname",
  "http://127.0.0.1/",
  "http://127.1/",
  "http://0x7f000001/",
  "http://[::1]:8080/",
  "http://[::ffff:127.0.0.1]/",
])("%s is forbidden", (url) => {
  expect(() => checkUrl(new URL(url), policy)).toThrow(
    expect.objectContaining({ code: "SOURCE_FORBIDDEN" }),
  );
});

test.each(["127.0.0.1:80", "[::1]:8080"])("%s is allowed where loopback is", (host) => {
  const url = new URL(`http://${host}/`);
  expect(() => checkUrl(url, { ...policy, allowLoopback: true })).not.toThrow();
});

test("a name that resolves to loopback is forbidden, whatever the list says", async () => {
  const lookup = (allowLoopback: boolean, all: boolean): Promise<unknown> =>
    new Promise((resolve) => {
      policedLookup({ hosts: ["localhost"], allowLoopback })(
        "localhost",
        { all },
        (error, address) => resolve(error ?? address),
      );
    });
  for (const all of [true, false])
    expect(await lookup(false, all)).toMatchObject({ code: "SOURCE_FORBIDDEN" });
  expect(await lookup(true, false)).toMatch(/^(127\.0\.0\.1|::1)$/);
  expect(await lookup(true, true)).toContainEqual(
    expect.objectContaining({ address: expect.stringMatching(/^(127\.0\.0\.1|::1)$/) }),
  );
});
