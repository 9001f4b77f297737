/** A certificate authority of a test's own, and a server's certificate by it: localhost, 127.0.0.1, mail.vendor.test. */
import { execFileSync } from "node:child_process";
import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** Paths of PEM files. */
export interface Certificates {
  readonly authority: string;
  readonly certificate: string;
  readonly key: string;
}

const names = "subjectAltName=DNS:localhost,DNS:mail.vendor.test,IP:127.0.0.1";
const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];

/** Makes them in a folder. */
export async function makeCertificates(openssl: string, folder: string): Promise<Certificates> {
  const at = (name: string): string => join(folder, name);
  const run = (...parameters: readonly string[]): Buffer =>
    execFileSync(openssl, parameters, { cwd: folder, stdio: ["ignore", "ignore", "ignore"] });
  const extensions = ["basicConstraints=critical,CA:TRUE", "keyUsage=critical,keyCertSign,cRLSign"];
  run(
    "req",
    "-x509",
    ...newKey,
    "-days",
    "30",
    "-keyout",
    "ca.key",
    "-out",
    "ca.crt",
    "-subj",
    "/CN=test authority",
    ...extensions.flatMap((each) => ["-addext", each]),
  );
  await writeFile(at("ext"), `${names}\nextendedKeyUsage=serverAuth\nbasicConstraints=CA:FALSE\n`);
  run(
    "req",
    "-new",
    ...newKey,
    "-keyout",
    "server.key",
    "-out",
    "server.csr",
    "-subj",
    "/CN=localhost",
  );
  run(
    "x509",
    "-req",
    "-in",
    "server.csr",
    "-CA",
    "ca.crt",
    "-CAkey",
    "ca.key",
    "-CAcreateserial",
    "-days",
    "30",
    "-extfile",
    "ext",
    "-out",
    "server.crt",
  );
  // Keys of a test: servers read them under other users.
  for (const name of ["server.crt", "server.key", "ca.crt"]) await chmod(at(name), 0o644);
  return { authority: at("ca.crt"), certificate: at("server.crt"), key: at("server.key") };
}
