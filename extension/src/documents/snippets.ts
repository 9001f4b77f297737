/**
 * What completion offers to write whole, by the title of the schema it fits.
 *
 * `${1:text}` are places to fill in, in order; `$0`-less bodies end behind the text. A test completes each and holds
 * the result to the SDK's validators.
 */
import type { Translate } from "./finding.ts";

/** One proposal; the form is the JSON language service's. */
export interface Snippet {
  readonly label: string;
  readonly description: string;
  readonly body: unknown;
}

/** The proposals for a schema of this title, told in the person's language. */
export function snippetsOf(title: string, translate: Translate): readonly Snippet[] {
  return (snippets[title] ?? []).map(({ label, description, body }) => ({
    label: translate(label),
    description: translate(description),
    body,
  }));
}

const wave = { share: 10, errorThreshold: 5, soakSeconds: 3600 };

/** Title of the schema → proposals. */
export const snippets: Readonly<Record<string, readonly Snippet[]>> = {
  SourceManifest: [
    {
      label: "Package of one folder",
      description: "The smallest manifest: one folder, installed as a versioned directory.",
      body: {
        name: "${1:my-package}",
        version: "${2:1.0.0}",
        files: [{ from: "${3:dist/**}" }],
        install: { strategy: "directory" },
      },
    },
    {
      label: "Package with variants",
      description: "Different files for different machines, with a health check.",
      body: {
        name: "${1:my-package}",
        version: "${2:1.0.0}",
        variants: [
          { name: "linux", when: { os: ["linux"] }, files: [{ from: "${3:dist/linux/**}" }] },
          { name: "windows", when: { os: ["win32"] }, files: [{ from: "${4:dist/windows/**}" }] },
        ],
        install: { strategy: "directory", healthCheck: { argv: ["${5:bin/check}"] } },
      },
    },
  ],
  FileSet: [
    {
      label: "A folder",
      description: "Everything below a folder, at the same paths in the package.",
      body: { from: "${1:dist/**}" },
    },
    {
      label: "A folder, moved",
      description: "Everything below a folder, into another folder of the package.",
      body: { from: "${1:dist/**}", base: "${2:dist}", to: "${3:app}" },
    },
    {
      label: "A program",
      description: "One file that can be run.",
      body: { from: "${1:bin/tool}", executable: true },
    },
  ],
  SourceVariant: [
    {
      label: "Variant for an operating system",
      description: "Files that only machines of one operating system get.",
      body: {
        name: "${1:linux}",
        when: { os: ["${2|linux,win32,darwin|}"] },
        files: [{ from: "${3:dist/linux/**}" }],
      },
    },
  ],
  Install: [
    {
      label: "Versioned directory",
      description: "A folder for each version and a switched `current`; the safest.",
      body: { strategy: "directory" },
    },
    {
      label: "Versioned directory with a health check",
      description: "The old version comes back when the new one fails its check.",
      body: {
        strategy: "directory",
        healthCheck: { argv: ["${1:bin/check}"], timeoutSeconds: 30, attempts: 3 },
      },
    },
    {
      label: "Installer",
      description: "Runs an installer that is in the package.",
      body: {
        strategy: "command",
        command: { argv: ["${1:setup.exe}", "${2:/quiet}"], timeoutSeconds: 600 },
      },
    },
  ],
  Command: [
    {
      label: "A program",
      description: "Program and arguments; no shell reads them.",
      body: { argv: ["${1:bin/hook}"], timeoutSeconds: 60 },
    },
  ],
  Rollout: [
    {
      label: "Three waves",
      description: "Ten per cent, half, everybody, with a pause to watch in between.",
      body: {
        waves: [{ name: "${1:canary}", ...wave }, { share: 50, soakSeconds: 3600 }, { share: 100 }],
      },
    },
  ],
  Wave: [
    {
      label: "A share of the audience",
      description: "Goes on when it succeeded; pauses when too many fail.",
      body: { share: "^${1:10}", errorThreshold: 5, soakSeconds: 3600 },
    },
    {
      label: "A group",
      description: "One group as a whole.",
      body: { name: "${1:pilots}", group: "${1:pilots}", soakSeconds: 3600 },
    },
  ],
  Window: [
    {
      label: "Nights of working days",
      description: "From the evening to the next morning, in a time zone of your own.",
      body: {
        days: ["mon", "tue", "wed", "thu", "fri"],
        from: "22:00",
        to: "05:00",
        timeZone: "${1:Europe/Berlin}",
      },
    },
  ],
  PushFile: [
    {
      label: "Push by hand",
      description: "To one group, in waves, whenever somebody says so.",
      body: {
        package: "${1:my-package}",
        audience: { groups: ["${2:pilots}"] },
        rollout: { waves: [wave, { share: 100 }] },
      },
    },
    {
      label: "Push at month-end",
      description: "By itself, on the last day of each month.",
      body: {
        package: "${1:my-package}",
        audience: { groups: ["${2:everyone}"] },
        on: { kind: "schedule", cron: "0 2 L * *", timeZone: "${3:Europe/Berlin}" },
      },
    },
  ],
  TriggerSource: [
    {
      label: "At times",
      description: "By a cron expression, such as every Monday at 02:00.",
      body: { kind: "schedule", cron: "${1:0 2 * * 1}", timeZone: "${2:Europe/Berlin}" },
    },
    {
      label: "At month-end",
      description: "On the last day of each month.",
      body: { kind: "schedule", cron: "0 2 L * *", timeZone: "${1:Europe/Berlin}" },
    },
    {
      label: "When files change",
      description: "When files on the host have settled and changed.",
      body: { kind: "watch", glob: "${1:releases/**}", settleSeconds: 60 },
    },
    {
      label: "When a request comes",
      description: "By an authenticated HTTP request.",
      body: { kind: "webhook", name: "${1:released}" },
    },
    {
      label: "When all of several happened",
      description: "All within a window of time.",
      body: {
        kind: "allOf",
        withinSeconds: 86400,
        of: [
          { kind: "schedule", cron: "${1:0 2 * * *}" },
          { kind: "webhook", name: "${2:approved}" },
        ],
      },
    },
    {
      label: "When one of several happened",
      description: "Whichever comes first.",
      body: {
        kind: "anyOf",
        of: [
          { kind: "schedule", cron: "${1:0 2 * * *}" },
          { kind: "webhook", name: "${2:released}" },
        ],
      },
    },
  ],
  ServerConfig: [
    {
      label: "Server with mail and a share",
      description: "Listens on loopback; sends by a relay and on a share.",
      body: {
        dataDirectory: "${1:data}",
        trustFile: "${2:trust.json}",
        key: { file: "${3:server.asc}" },
        listen: { port: 7447 },
        transports: {
          email: { from: "${4:outrider@example.org}", relays: [{ host: "${5:mail.example.org}" }] },
          unc: { root: "${6:share}" },
        },
        agents: [],
      },
    },
  ],
  RegisteredAgent: [
    {
      label: "Agent reached by mail",
      description: "A machine, its groups and its address.",
      body: {
        id: "${1:machine-1}",
        groups: ["${2:pilots}"],
        addresses: { email: "${3:machine-1@example.org}" },
      },
    },
    {
      label: "Agent that reads the share",
      description: "A machine and its groups.",
      body: { id: "${1:machine-1}", groups: ["${2:pilots}"], addresses: { unc: true } },
    },
  ],
  AgentConfig: [
    {
      label: "Agent that reads a share",
      description: "Polls a share, obtains packages from it and answers there.",
      body: {
        id: "${1:machine-1}",
        groups: ["${2:pilots}"],
        dataDirectory: "${3:data}",
        installDirectory: "${4:packages}",
        trustFile: "${5:trust.json}",
        receivers: [{ kind: "unc", root: "${6:share}" }],
        obtain: { unc: { roots: ["${6:share}"] } },
        receipts: [{ kind: "unc", root: "${6:share}" }],
      },
    },
    {
      label: "Agent that reads mail",
      description: "Reads a Maildir and obtains packages over HTTP.",
      body: {
        id: "${1:machine-1}",
        groups: ["${2:pilots}"],
        dataDirectory: "${3:data}",
        installDirectory: "${4:packages}",
        trustFile: "${5:trust.json}",
        receivers: [{ kind: "maildir", path: "${6:Maildir}" }],
        obtain: { http: { hosts: ["${7:packages.example.org}"] } },
        receipts: [{ kind: "http", url: "https://${7:packages.example.org}/" }],
      },
    },
  ],
};
