/** N3: headers given twice, in two spellings or in two encodings, of which parsers silently pick one. Ambiguity is refusal. */
import { expect, test } from "vitest";
import { mail, mixedMail, nested, notificationPart, read } from "../support/mime.ts";

const type = "Content-Type: application/vnd.outrider.notification+json";
const encoding = "Content-Transfer-Encoding: base64";

function withHeader(from: string, to: string): string {
  return mixedMail(notificationPart.replace(from, to));
}

test.each([
  ["Content-Type twice, the same", withHeader(type, `${type}\n${type}`)],
  ["Content-Type twice, ours first", withHeader(type, `${type}\nContent-Type: text/plain`)],
  ["Content-Type twice, ours last", withHeader(type, `Content-Type: text/plain\n${type}`)],
  ["Content-Type twice in other cases", withHeader(type, `${type}\ncontent-TYPE: text/plain`)],
  [
    "Content-Type of the mail twice",
    mail(`Content-Type: text/plain\n${nested("multipart/mixed", "b", notificationPart)}`),
  ],
  ["transfer encoding twice", withHeader(encoding, `${encoding}\nContent-Transfer-Encoding: 7bit`)],
  [
    "Content-Disposition twice",
    withHeader(
      encoding,
      `${encoding}\nContent-Disposition: inline\nContent-Disposition: attachment`,
    ),
  ],
  ["name twice", withHeader(type, `${type}; name=a; name=b`)],
  [
    "file name twice",
    withHeader(encoding, `${encoding}\nContent-Disposition: attachment; filename=a; filename=b`),
  ],
  [
    "filename and filename*",
    withHeader(
      encoding,
      `${encoding}\nContent-Disposition: attachment; filename=a; filename*=utf-8''b`,
    ),
  ],
  ["a continued parameter", withHeader(type, `${type}; name*0=a; name*1=b`)],
  ["boundary twice", mail(nested("multipart/mixed; boundary=other", "b", notificationPart))],
  [
    "an encoded boundary",
    mail(
      nested("multipart/mixed", "b", notificationPart).replace(
        'boundary="b"',
        "boundary*=utf-8''b",
      ),
    ),
  ],
  ["a comment in the type", withHeader(type, `${type} (text/plain)`)],
  ["a blank before the colon", withHeader("Content-Type:", "Content-Type :")],
  [
    "a boundary that another begins with",
    mixedMail(nested("multipart/mixed", "outer2", notificationPart)),
  ],
])("N3 %s: refused", async (_, content) => {
  expect((await read(content)).verdict).toBe("MESSAGE_AMBIGUOUS");
});
