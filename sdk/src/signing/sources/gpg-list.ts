/** The secret keys that gpg holds, from its machine-readable listing (GnuPG, doc/DETAILS). */
import { OutriderError, say } from "../../errors/index.ts";
import type { KeyDescription } from "../openpgp/index.ts";
import { showUserId } from "../openpgp/user-id.ts";
import { runGpg, type GpgOptions } from "./run-gpg.ts";

/**
 * Lists the keys that `gpgKeySource` could sign with.
 *
 * @throws TOOL_MISSING, KEY_SOURCE, CANCELLED
 */
export async function listGpgKeys(
  options: GpgOptions & { readonly signal?: AbortSignal } = {},
): Promise<KeyDescription[]> {
  const { signal } = options;
  const argv = ["--with-colons", "--fixed-list-mode", "--list-secret-keys"];
  const output = await runGpg(options, { argv, ...(signal === undefined ? {} : { signal }) });
  if (output.exitCode === 0) return readListing(output.stdout);
  const said = output.stderr.trim().slice(0, 300);
  throw new OutriderError("KEY_SOURCE", say("gpg cannot list its keys: {0}", said));
}

/** Reads the colon-separated listing; lines of kinds that do not matter are passed over. */
export function readListing(listing: string): KeyDescription[] {
  const keys: Writable<KeyDescription>[] = [];
  let isPrimary = false;
  for (const line of listing.split("\n")) {
    const fields = line.split(":");
    const [kind, validity = "", bits = "", algorithm = ""] = fields;
    const key = keys.at(-1);
    if (kind === "sec") {
      isPrimary = true;
      const [created, expires] = [Number(fields[5]), Number(fields[6])];
      keys.push({
        fingerprint: "",
        userIds: [],
        algorithm: `${names[algorithm] ?? `algorithm ${algorithm}`} ${fields[16] || bits}`,
        createdAt: new Date(created * 1000),
        ...(expires > 0 ? { expiresAt: new Date(expires * 1000) } : {}),
        revoked: validity === "r",
        secret: "held",
      });
    } else if (kind === "ssb") isPrimary = false;
    else if (key === undefined) continue;
    else if (kind === "fpr" && isPrimary) key.fingerprint = fields[9] ?? "";
    else if (kind === "uid") key.userIds = [...key.userIds, showUserId(unescape(fields[9] ?? ""))];
  }
  return keys;
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** RFC 9580 9.1; those that people have. */
const names: Readonly<Record<string, string>> = {
  1: "rsa",
  17: "dsa",
  19: "ecdsa",
  22: "eddsaLegacy",
  27: "ed25519",
};

/** `\x3a` stands for a colon. */
function unescape(text: string): string {
  return text.replaceAll(/\\x([0-9a-f]{2})/g, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );
}
