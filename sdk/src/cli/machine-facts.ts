/** `os=linux,arch=arm64,installed=2.1.0,hall=2`: a machine as `--for` describes it. */
import { InvalidArgumentError } from "commander";
import { thisMachine, type MachineFacts } from "../package/index.ts";

/** Reads it; `this` is the machine this runs on. What is not os, arch, libc or installed is a fact of the vendor's. */
export function machineFacts(text: string): MachineFacts {
  if (text === "this") return thisMachine();
  const given = new Map<string, string>();
  for (const pair of text.split(",")) {
    const [, name, value] = /^([^=]+)=(.*)$/.exec(pair.trim()) ?? [];
    if (name === undefined || value === undefined)
      throw new InvalidArgumentError("Write it as os=linux,arch=x64,installed=2.1.0,FACT=VALUE.");
    given.set(name, value);
  }
  const take = (name: string): string | undefined => {
    const value = given.get(name);
    given.delete(name);
    return value;
  };
  const [os = "", arch = "", libc, installed] = ["os", "arch", "libc", "installed"].map(take);
  if (libc !== undefined && libc !== "glibc" && libc !== "musl")
    throw new InvalidArgumentError("libc is glibc or musl.");
  return { os, arch, libc, installed, facts: Object.fromEntries(given) };
}
