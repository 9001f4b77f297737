import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import type { SMTPServerOptions } from "smtp-server";
import { expect, test } from "vitest";
import { testFolder } from "../../../../test/support/archives.ts";
import { testDelivery } from "../../../../test/support/delivery.ts";
import { startMailServer } from "../../../../test/support/mail.ts";
import { outsideTool } from "../../../../test/support/tools.ts";
import { emailSender, type Relay } from "./index.ts";

/** What became of a mail that was sent to a TLS server with a certificate of the test's own. */
async function send(
  server: SMTPServerOptions,
  relay: (ca: string) => Omit<Relay, "host" | "port">,
): Promise<string> {
  const openssl = outsideTool("openssl");
  if (openssl === undefined) return "not run";
  await using folder = await testFolder();
  const [key, cert] = [folder.at("key.pem"), folder.at("cert.pem")];
  const names = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"];
  const kind = [
    "-newkey",
    "ec",
    "-pkeyopt",
    "ec_paramgen_curve:prime256v1",
    "-nodes",
    "-days",
    "1",
  ];
  execFileSync(openssl, ["req", "-x509", ...kind, ...names, "-keyout", key, "-out", cert], {
    stdio: "ignore",
  });
  const ca = readFileSync(cert, "utf8");
  const started = await startMailServer({
    server: { key: readFileSync(key), cert: ca, disabledCommands: [], ...server },
  });
  const sender = emailSender({
    from: "u@vendor.test",
    relays: [{ host: "127.0.0.1", port: started.port, timeoutMs: 20_000, ...relay(ca) }],
  });
  try {
    const [outcome] = await sender.send(testDelivery(["a@site.test"]));
    return outcome?.outcome ?? "none";
  } catch (error) {
    expect(started.mails).toEqual([]);
    return (error as { readonly code: string }).code;
  } finally {
    await sender.close();
    await started.close();
  }
}

const withLogin: SMTPServerOptions = {
  authOptional: false,
  onAuth: ({ username, password }, session, done) =>
    done(session.secure && username === "u" && password === "right" ? null : new Error("no"), {
      user: "u",
    }),
};

test("STARTTLS with an authority of our own, and a login", async () => {
  const outcome = await send(withLogin, (ca) => ({
    tls: "starttls",
    ca,
    login: { user: "u", password: "right" },
  }));
  expect(["accepted", "not run"]).toContain(outcome);
});

test("TLS from the first byte", async () => {
  const outcome = await send({ secure: true }, (ca) => ({ tls: "implicit", ca }));
  expect(["accepted", "not run"]).toContain(outcome);
});

test.each(["starttls", "implicit"] as const)(
  "%s with a certificate of nobody we trust: nothing is sent",
  async (tls) => {
    const outcome = await send({ secure: tls === "implicit" }, () => ({ tls }));
    expect(["UNAVAILABLE", "not run"]).toContain(outcome);
  },
);

test("a wrong password: nothing is sent, and it is not tried twice", async () => {
  let logins = 0;
  const counting: SMTPServerOptions = {
    ...withLogin,
    onAuth(...args) {
      logins++;
      withLogin.onAuth?.(...args);
    },
  };
  const outcome = await send(counting, (ca) => ({
    tls: "starttls",
    ca,
    login: { user: "u", password: "wrong" },
  }));
  expect(["UNAVAILABLE", "not run"]).toContain(outcome);
  expect(logins).toBeLessThanOrEqual(1);
});
