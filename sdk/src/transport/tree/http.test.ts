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
