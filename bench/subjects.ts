/** What is measured, in the order of the table: one program a subject, beside this file. */

/** A subject. */
export interface Subject {
  /** Its program is `bench/NAME.ts`. */
  readonly name: string;
  /** Programs without which there is nothing to compare with. */
  readonly tools?: readonly string[];
  /** Parameters of `--quick`; without it a program has its own sizes. */
  readonly quick: readonly string[];
}

/** All of them. */
export const subjects: readonly Subject[] = [
  {
    name: "package",
    tools: ["zip", "unzip", "openssl"],
    quick: ["--rounds", "3", "--megabytes", "60"],
  },
  {
    name: "install",
    tools: ["zip", "unzip", "sync"],
    quick: ["--rounds", "5", "--files", "1000", "--megabytes", "60"],
  },
  { name: "delta", quick: ["--rounds", "1", "--only", "typescript"] },
  { name: "signing", quick: ["--rounds", "3", "--times", "50"] },
  { name: "mail", quick: ["--rounds", "3", "--messages", "200"] },
  { name: "imap", tools: ["python3"], quick: ["--mails", "2000", "--rounds", "1"] },
  { name: "reading", quick: [] },
  {
    name: "copy",
    tools: ["cp", "openssl", "sync"],
    quick: ["--rounds", "3", "--megabytes", "100", "--idle", "3"],
  },
  {
    name: "obtain",
    tools: ["nginx", "curl", "openssl", "sync"],
    quick: ["--rounds", "3", "--megabytes", "60"],
  },
  { name: "serve", tools: ["nginx"], quick: ["--rounds", "1", "--seconds", "2"] },
  { name: "plan", quick: ["--rounds", "1"] },
  { name: "store", quick: ["--rounds", "1", "--recipients", "20000"] },
  { name: "latency", quick: ["--triggers", "20"] },
  { name: "flood", quick: ["--rounds", "1"] },
  { name: "audit", quick: ["--rounds", "1"] },
  { name: "installed", quick: ["--pushes", "3"] },
  { name: "agent", quick: ["--starts", "5", "--kills", "5", "--seconds", "5"] },
  { name: "idle", quick: ["--seconds", "2"] },
  { name: "scale", quick: ["--rounds", "1", "--recipients", "20000"] },
  { name: "growth", quick: ["--scale", "1", "--rounds", "1"] },
];
