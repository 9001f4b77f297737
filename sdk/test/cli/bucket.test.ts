/** Packages in a bucket, from the command line: published there, and agents are sent there by links. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { startS3Server, type S3Server } from "../support/s3-server.ts";
import { makePackage, makeTrust, packageFolder, type KeyFiles } from "./support/vendor.ts";
import { Workshop } from "./support/workshop.ts";

let workshop: Workshop;
let storage: S3Server;
let keys: Record<"root" | "ada" | "server", KeyFiles>;
beforeAll(async () => {
  storage = await startS3Server();
  workshop = await Workshop.open();
  keys = await makeTrust(workshop);
  await workshop.done("sign", await makePackage(workshop), "--key", keys.ada.secretKey);
});
afterAll(async () => {
  await workshop.close();
  await storage[Symbol.asyncDispose]();
});

const configure = (bucket: object, dataDirectory = "server"): Promise<string> =>
  workshop.write("outrider-server.json", {
    dataDirectory,
    trustFile: "trust.json",
    key: { file: keys.server.secretKey },
    listen: { port: 0 },
    host: { bucket: { endpoint: storage.endpoint, region: "eu-test-1", ...bucket } },
  });

test("a bucket without its secret key says what is missing, and the secret is in no command or answer", async () => {
  await configure({ accessKeyId: storage.login.accessKeyId });
  const refused = await workshop.run(["publish", packageFolder]);
  expect(refused).toMatchObject({
    exit: 2,
    stderr: expect.stringMatching(/^error CONFIG_INVALID: .*secretKeyFile.*AWS_SECRET_ACCESS_KEY/),
  });
  await workshop.write("secret-key", "wrong\n");
  await configure({ accessKeyId: storage.login.accessKeyId, secretKeyFile: "secret-key" });
  const stranger = await workshop.run(["publish", packageFolder]);
  expect(stranger).toMatchObject({
    exit: 3,
    stderr: expect.stringMatching(/^error LOGIN_REFUSED: /),
  });
  expect(stranger.stderr).not.toContain("wrong");
});

test("published where the server's store is not, one is told that only the server knows what it recalled", async () => {
  await workshop.write("secret-key", `${storage.login.secretAccessKey}\n`);
  const bucket = { accessKeyId: storage.login.accessKeyId, secretKeyFile: "secret-key" };
  const told = (why: string): object => ({
    exit: 0,
    stdout: expect.stringMatching(/^Published press-control 3\.0\.0\.$/m),
    stderr: expect.stringMatching(
      new RegExp(
        `^Whether press-control 3\\.0\\.0 was recalled is not known here \\(.*${why}`,
        "m",
      ),
    ),
  });
  await configure(bucket, "builder");
  expect(await workshop.run(["publish", packageFolder])).toMatchObject(told("is not there"));
  await workshop.write("broken/store.sqlite", "no database");
  await configure(bucket, "broken");
  expect(await workshop.run(["publish", packageFolder])).toMatchObject(told("refused: "));
});

test("published to the bucket, a package is fetched by a link that the server gives", async () => {
  await workshop.write("secret-key", `${storage.login.secretAccessKey}\n`);
  await configure({
    accessKeyId: storage.login.accessKeyId,
    secretKeyFile: "secret-key",
    linkSeconds: 60,
  });
  const published = await workshop.json<{ archives: { sha256: string; size: number }[] }>(
    "publish",
    packageFolder,
  );
  const { sha256, size } = published.archives[0]!;
  expect(storage.objects.get(`archives/${sha256}.outrider`)?.length).toBe(size);
  const url = await workshop.begin("serve").says(/^http:\S+$/m);
  const asked = await fetch(`${url}packages/${sha256}.outrider`, { redirect: "manual" });
  expect(asked.status).toBe(307);
  expect(asked.headers.get("cache-control")).toBe("no-store");
  const fetched = await fetch(asked.headers.get("location")!);
  expect((await fetched.arrayBuffer()).byteLength).toBe(size);
  const unknown = await fetch(`${url}packages/${"0".repeat(64)}.outrider`, { redirect: "manual" });
  expect(unknown.status).toBe(404);
});
