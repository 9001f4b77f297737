/** A key that gpg holds: in gpg-agent, or on a smart card. The secret never comes here. */
import { OutriderError, say, type Sentence } from "../../errors/index.ts";
import type { KeySource } from "../../ports/index.ts";
import { decodeArmor } from "../armor.ts";
import { readSignaturePackets } from "../packet.ts";
import { readSignature } from "../signature.ts";
import { runGpg, type GpgOptions, type GpgOutput } from "./run-gpg.ts";

/** Which key, and how to reach it. */
export interface GpgKeyOptions extends GpgOptions {
  /** Fingerprint of the very key that shall sign, primary or subkey: 40 or 64 hexadecimal digits, blanks allowed. */
  readonly fingerprint: string;
  /** Where there is no terminal for pinentry to ask on. Handed over on a file descriptor. */
  readonly passphrase?: string;
}

/**
 * Signs through gpg. Success is exit code 0 *and* gpg's report of a binary signature by this very key *and* a block
 * that says the same: an exit code alone is no verdict.
 *
 * @throws CONFIG_INVALID when the fingerprint is none.
 */
export function gpgKeySource(options: GpgKeyOptions): KeySource {
  const fingerprint = options.fingerprint.replaceAll(" ", "").toUpperCase();
  if (!/^([0-9A-F]{40}|[0-9A-F]{64})$/.test(fingerprint))
    throw new OutriderError(
      "CONFIG_INVALID",
      say('"{0}" is no fingerprint. Give all 40 or 64 digits that gpg shows.', options.fingerprint),
    );
  const { passphrase } = options;
  const unlock =
    passphrase === undefined ? [] : ["--pinentry-mode", "loopback", "--passphrase-fd", "4"];
  // The exclamation mark: this key, not another of the same certificate.
  const key = ["--local-user", `${fingerprint}!`];
  const kind = ["--armor", "--no-textmode", "--digest-algo", "SHA512", "--detach-sign"];
  const argv = [...unlock, ...key, ...kind];
  return {
    fingerprint,
    async sign(bytes, { signal } = {}) {
      const output = await runGpg(options, {
        argv,
        data: bytes,
        ...(passphrase === undefined ? {} : { passphrase }),
        ...(signal === undefined ? {} : { signal }),
      });
      // SIG_CREATED <type> <public-key algorithm> <hash> <class> <timestamp> <fingerprint>
      const created = output.status.some((line) =>
        new RegExp(`^SIG_CREATED D \\d+ \\d+ 00 \\d+ ${fingerprint}$`).test(line),
      );
      if (output.exitCode !== 0 || !created) throw explain(output, fingerprint);
      checkBlock(output.stdout, fingerprint);
      return output.stdout;
    },
  };
}

/** Exactly one signature, of the kind that our verifier reads, that names this key. */
function checkBlock(armored: string, fingerprint: string): void {
  try {
    const [body, ...more] = readSignaturePackets(decodeArmor(armored));
    if (body !== undefined && more.length === 0 && readSignature(body).issuer === fingerprint)
      return;
  } catch (cause) {
    throw refuse(
      say("gpg made a signature of a kind that is not accepted. Look at its gpg.conf."),
      cause,
    );
  }
  throw refuse(say("gpg did not sign with key {0} alone. Look at its gpg.conf.", fingerprint));
}

function refuse(message: Sentence, cause?: unknown): OutriderError {
  return new OutriderError("KEY_SOURCE", message, { cause });
}

/** gpg's status lines in our words. */
function explain({ status, stderr, exitCode }: GpgOutput, fingerprint: string): OutriderError {
  const says = (...words: readonly string[]): boolean =>
    status.some((line) => words.includes(line.split(" ", 1)[0] ?? ""));
  const subject = fingerprint;
  if (says("BAD_PASSPHRASE", "MISSING_PASSPHRASE") || /bad passphrase/i.test(stderr))
    return new OutriderError(
      "KEY_PASSPHRASE",
      say("The passphrase does not open key {0}.", fingerprint),
      {
        subject,
      },
    );
  if (says("INV_SGNR", "NO_SECKEY"))
    return new OutriderError(
      "KEY_MISSING",
      say(
        "gpg has no secret key {0} that may sign now. Import it, or insert its card.",
        fingerprint,
      ),
      { subject },
    );
  const last = stderr.trim().split("\n").at(-1)?.slice(0, 300) ?? "";
  const message = say(
    "gpg did not sign with key {0} (exit code {1}): {2}",
    fingerprint,
    String(exitCode),
    last,
  );
  return new OutriderError("KEY_SOURCE", message, { subject });
}
