/**
 * A small S3-compatible storage of one bucket in memory, on a random loopback port. Every request must be signed:
 * signature version 4, in the header or in the URL, is computed anew with `node:crypto` (AWS "Create a signed AWS API
 * request"); what differs is 403. It keeps conditional writes, ranges, listings by page, and uploads in parts.
 */
import { createHash, createHmac, randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** The server. */
export interface S3Server {
  /** URL of its bucket. */
  readonly endpoint: string;
  /** `127.0.0.1:port`. */
  readonly host: string;
  readonly login: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** What lies in the bucket: change it as whoever has broken in would. */
  readonly objects: Map<string, Buffer>;
  /** Requests so far: method, path with query, status. */
  readonly requests: string[];
  /** Answers so instead, where it is set and returns true. */
  twist: ((request: IncomingMessage, response: ServerResponse) => boolean) | undefined;
  [Symbol.asyncDispose](): Promise<void>;
}

const bucket = "packages";
const region = "eu-test-1";
const pageKeys = 3; // small, so that listings take several pages
const login = { accessKeyId: "OUTRIDERTEST", secretAccessKey: "a secret that only the test knows" };

/** Starts one. */
export async function startS3Server(): Promise<S3Server> {
  const objects = new Map<string, Buffer>();
  const uploads = new Map<string, Map<number, Buffer>>();
  const server = createServer((request, response) => {
    response.once("close", () =>
      storage.requests.push(`${request.method} ${request.url} ${response.statusCode}`),
    );
    if (storage.twist?.(request, response) === true) return;
    void answer(request, response, objects, uploads);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const storage: S3Server = {
    endpoint: `http://${host}/${bucket}`,
    host,
    login,
    objects,
    requests: [],
    twist: undefined,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
  return storage;
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  objects: Map<string, Buffer>,
  uploads: Map<string, Map<number, Buffer>>,
): Promise<void> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  const body = Buffer.concat(pieces);
  const url = new URL(request.url ?? "/", "http://storage");
  const fail = (status: number, code: string): void =>
    void response
      .writeHead(status)
      .end(`<Error><Code>${code}</Code><Message>${code}</Message></Error>`);
  if (!isSigned(request, url)) return fail(403, "SignatureDoesNotMatch");
  const [, found = "", key = ""] =
    /^\/([^/]+)\/?(.*)$/.exec(decodeURIComponent(url.pathname)) ?? [];
  if (found !== bucket) return fail(404, "NoSuchBucket");
  const { searchParams: query } = url;
  const id = query.get("uploadId") ?? "";
  const parts = uploads.get(id);
  const isTaken = request.headers["if-none-match"] === "*" && objects.has(key);
  switch (request.method ?? "GET") {
    case "GET": {
      if (query.has("list-type")) return void response.end(listing(objects, query));
      const object = objects.get(key);
      if (object === undefined) return fail(404, "NoSuchKey");
      return send(object, request.headers.range, response);
    }
    case "PUT":
      if (query.has("partNumber")) {
        if (parts === undefined) return fail(404, "NoSuchUpload");
        parts.set(Number(query.get("partNumber")), body);
        return void response.writeHead(200, { etag: etagOf(body) }).end();
      }
      if (isTaken) return fail(412, "PreconditionFailed");
      objects.set(key, body);
      return void response.writeHead(200, { etag: etagOf(body) }).end();
    case "POST": {
      if (query.has("uploads")) {
        const upload = randomUUID();
        uploads.set(upload, new Map());
        return void response.end(
          `<InitiateMultipartUploadResult><Key>${key}</Key><UploadId>${upload}</UploadId></InitiateMultipartUploadResult>`,
        );
      }
      if (parts === undefined) return fail(404, "NoSuchUpload");
      if (isTaken) return fail(412, "PreconditionFailed");
      const numbers = [...body.toString().matchAll(/<PartNumber>(\d+)</g)].map(([, text]) =>
        Number(text),
      );
      const whole = Buffer.concat(numbers.map((number) => parts.get(number) ?? Buffer.alloc(0)));
      objects.set(key, whole);
      uploads.delete(id);
      return void response.end(
        `<CompleteMultipartUploadResult><Key>${key}</Key><ETag>${etagOf(whole)}</ETag></CompleteMultipartUploadResult>`,
      );
    }
    case "DELETE":
      uploads.delete(id);
      return void response.writeHead(204).end();
    default:
      return fail(405, "MethodNotAllowed");
  }
}

function send(object: Buffer, range: string | undefined, response: ServerResponse): void {
  const asked = /^bytes=(\d+)-(\d*)$/.exec(range ?? "");
  if (asked === null)
    return void response
      .writeHead(200, { "content-length": object.length, etag: etagOf(object) })
      .end(object);
  const start = Number(asked[1]);
  const end = asked[2] === "" ? object.length - 1 : Math.min(Number(asked[2]), object.length - 1);
  response.writeHead(206, {
    "content-range": `bytes ${start}-${end}/${object.length}`,
    etag: etagOf(object),
  });
  return void response.end(object.subarray(start, end + 1));
}

function listing(objects: ReadonlyMap<string, Buffer>, query: URLSearchParams): string {
  const after = query.get("continuation-token") ?? "";
  const prefix = query.get("prefix") ?? "";
  const keys = [...objects.keys()]
    .filter((key) => key.startsWith(prefix) && key > after)
    .toSorted();
  const page = keys.slice(0, pageKeys);
  const isTruncated = keys.length > pageKeys;
  const contents = page
    .map((key) => `<Contents><Key>${key}</Key><Size>${objects.get(key)?.length}</Size></Contents>`)
    .join("");
  const next = isTruncated ? `<NextContinuationToken>${page.at(-1)}</NextContinuationToken>` : "";
  return `<ListBucketResult><IsTruncated>${isTruncated}</IsTruncated>${next}${contents}</ListBucketResult>`;
}

/** Canonical request, string to sign and signing key, from what really arrived. */
function isSigned(request: IncomingMessage, url: URL): boolean {
  const inUrl = url.searchParams.get("X-Amz-Signature");
  const header = request.headers.authorization ?? "";
  const field = (name: string): string =>
    inUrl === null
      ? (new RegExp(`${name}=([^,\\s]+)`).exec(header)?.[1] ?? "")
      : (url.searchParams.get(`X-Amz-${name}`) ?? "");
  const [access, day = "", zone, service, end] = field("Credential").split("/");
  const time = inUrl === null ? String(request.headers["x-amz-date"]) : field("Date");
  const scope = [day, zone, service, end].join("/");
  if (access !== login.accessKeyId || scope !== `${day}/${region}/s3/aws4_request`) return false;
  const madeAtMs = Date.parse(time.replace(/^(....)(..)(..T..)(..)(..Z)$/, "$1-$2-$3:$4:$5"));
  const validMs = inUrl === null ? 900_000 : Number(field("Expires")) * 1000;
  if (!(Math.abs(Date.now() - madeAtMs) <= validMs)) return false;
  const names = field("SignedHeaders").split(";");
  if (!names.includes("host")) return false;
  const canonical = [
    request.method,
    url.pathname,
    [...url.searchParams]
      .filter(([name]) => name !== "X-Amz-Signature")
      .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
      .toSorted()
      .join("&"),
    ...names.map((name) => `${name}:${String(request.headers[name] ?? "").trim()}`),
    "",
    names.join(";"),
    inUrl === null ? String(request.headers["x-amz-content-sha256"]) : "UNSIGNED-PAYLOAD",
  ].join("\n");
  const toSign = `AWS4-HMAC-SHA256\n${time}\n${scope}\n${createHash("sha256").update(canonical).digest("hex")}`;
  const key = [day, region, "s3", "aws4_request"].reduce<string | Buffer>(
    (key, text) => createHmac("sha256", key).update(text).digest(),
    `AWS4${login.secretAccessKey}`,
  );
  const expected = createHmac("sha256", key).update(toSign).digest("hex");
  return expected === (inUrl ?? field("Signature"));
}

function etagOf(bytes: Buffer): string {
  return `"${createHash("md5").update(bytes).digest("hex")}"`;
}
