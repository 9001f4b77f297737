import { expect, test } from "vitest";
import { startStaticHost } from "../../../test/support/static-host.ts";
import { maxEnvelopeBytes } from "../../messages/index.ts";
import { httpTree } from "./http.ts";

const { signal } = new AbortController();

test("an answer in another encoding is refused; one as large as may be is taken, and not a byte more", async () => {
  const most = maxEnvelopeBytes["catalog/1"];
  const answers = [
    { length: 10, encoding: "gzip" },
    { length: most + 1, encoding: "identity" },
    { length: most, encoding: "identity" },
  ];
  await using server = await startStaticHost("/nowhere", (_request, response) => {
    const { length = 0, encoding = "identity" } = answers.shift() ?? {};
    response.writeHead(200, { "content-encoding": encoding }).end(Buffer.alloc(length, " "));
    return true;
  });
  const tree = httpTree({ url: server.url });
  await expect(tree.catalog({ signal })).rejects.toMatchObject({ code: "UNAVAILABLE" });
  await expect(tree.catalog({ signal })).rejects.toMatchObject({ code: "DOCUMENT_TOO_LARGE" });
  expect(await tree.catalog({ signal })).toHaveLength(most);
});

test.each([
  ["a strong tag", { etag: '"one"' }, '"one"'],
  ["a weak one", { etag: 'W/"one"' }, 'W/"one"'],
  ["what is no tag", { etag: "one" }, undefined],
  ["a tag of a file that was changed just now", { etag: '"one"', ...changed(1) }, undefined],
  ["of one that was changed before", { etag: '"one"', ...changed(2) }, '"one"'],
])("%s is sent back, or not", async (_, headers, sentBack) => {
  const conditions: unknown[] = [];
  await using server = await startStaticHost("/nowhere", (request, response) => {
    conditions.push(request.headers["if-none-match"]);
    response.writeHead(200, headers).end("{}");
    return true;
  });
  const tree = httpTree({ url: server.url });
  for (let look = 0; look < 2; look++) await tree.catalog({ signal });
  expect(conditions).toEqual([undefined, sentBack]);
});

function changed(secondsBefore: number): Record<string, string> {
  const at = (ms: number): string => new Date(Date.UTC(2026, 10, 22) + ms).toUTCString();
  return { date: at(0), "last-modified": at(-1000 * secondsBefore) };
}

test.each([
  ["30", 30_000],
  ["999999999", 3_600_000],
  ["Sun, 22 Nov 2020 12:00:00 GMT", 0],
])("Retry-After %s is kept to, for an hour at the most", async (value, retryAfterMs) => {
  await using server = await startStaticHost("/nowhere", (_request, response) => {
    response.writeHead(503, { "retry-after": value }).end();
    return true;
  });
  const looking = httpTree({ url: server.url }).catalog({ signal });
  await expect(looking).rejects.toMatchObject({ code: "UNAVAILABLE", retryAfterMs });
});

test.each([
  "http://user@host/",
  "http://:secret@host/",
  "http://host/a",
  "ftp://host/",
  "http://host/?a/",
])("%s is no folder on a web server", (url) => {
  expect(() => httpTree({ url })).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
});
