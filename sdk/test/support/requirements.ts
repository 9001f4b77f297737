/**
 * What the tree takes over from WO 98/53397, figures 3 and 4, one row a step or part. Every row needs a test that says
 * `verifies(id)`; `pnpm generate` makes docs/patent-map.md of both.
 *
 * Behaviour is that of DESIGN section 1, in our words. Claims 1–4 are those of US 6,123,737, the grant of the same
 * family, paraphrased; its numbers need not be those of the WO publication. Of the later claims only the beginning of
 * claim 5 was at hand: the rows `claims-…` stand for what the description (figure 5, parts 15–17) says of their subjects.
 */

/** One thing to be proved. */
export interface Requirement {
  readonly id: string;
  /** Where it is asked for. */
  readonly source: string;
  /** One sentence. */
  readonly behaviour: string;
  /** What does it; paths below sdk/src. */
  readonly files: readonly string[];
}

/** In the order of the figures. */
export const requirements: readonly Requirement[] = [
  {
    id: "event",
    source: "Fig. 3, before step 62; DESIGN 1",
    behaviour: "A preprogrammed event makes a signed trigger, and makes it once.",
    files: ["trigger/schedule.ts", "trigger/combine.ts", "trigger/standing.ts"],
  },
  {
    id: "ways-in",
    source: "Fig. 3, before step 62; DESIGN 1",
    behaviour: "The server waits for triggers, or is dormant and started by one.",
    files: [
      "server/http/routes/messages.ts",
      "server/intake/inbox.ts",
      "server/intake/spool.ts",
      "cli/commands/trigger/receive.ts",
    ],
  },
  {
    id: "step-62",
    source: "Fig. 3, step 62",
    behaviour: "A trigger is recognized by its pre-established field, whatever the bytes are.",
    files: ["server/recognize.ts", "messages/envelope.ts"],
  },
  {
    id: "step-63",
    source: "Fig. 3, step 63",
    behaviour: "What is not a trigger is left alone, and is no error.",
    files: ["server/pipeline.ts", "server/judge.ts"],
  },
  {
    id: "step-64-authenticate",
    source: "Fig. 3, step 64",
    behaviour: "Only a trigger that was signed by those who may push, over these bytes, is taken.",
    files: ["server/authenticate.ts", "trust/trigger.ts"],
  },
  {
    id: "step-64-binding",
    source: "Fig. 3, step 64",
    behaviour: "The key that binds the trigger is computed from the package, by the server too.",
    files: ["server/authenticate.ts", "package/binding.ts", "package/contents.ts"],
  },
  {
    id: "step-64-validate",
    source: "Fig. 3, step 64",
    behaviour:
      "Addresses have the right length and form, the audience is known, the plan makes sense.",
    files: ["server/validate.ts", "server/audience/reach.ts", "transport/mail-address.ts"],
  },
  {
    id: "step-65",
    source: "Fig. 3, step 65",
    behaviour:
      "A trigger that is not authentic or not valid is refused, and the refusal is recorded.",
    files: ["server/judge.ts", "server/audit/log.ts"],
  },
  {
    id: "step-66-group",
    source: "Fig. 3, step 66",
    behaviour: "Like notifications go together: one mail for many, one file for a share.",
    files: ["server/balance.ts", "server/drafting/jobs.ts"],
  },
  {
    id: "step-66-delay",
    source: "Fig. 3, step 66",
    behaviour: "Notifications are spaced, so that no transport or destination is overloaded.",
    files: ["server/limits/pace.ts", "server/drafting/waves.ts"],
  },
  {
    id: "notify",
    source: "Fig. 3, after step 66; parts 12–14",
    behaviour: "A signed notification goes to every agent of the audience by its transport.",
    files: ["server/notify.ts", "server/sending/dispatch.ts", "server/sending/delivery.ts"],
  },
  {
    id: "transport-email",
    source: "Part 15",
    behaviour: "A notification reaches an agent by e-mail and is installed.",
    files: ["transports/email/sender/index.ts", "transports/email/receiver/index.ts"],
  },
  {
    id: "transport-unc",
    source: "Part 16",
    behaviour: "A notification reaches an agent by a share and is installed.",
    files: ["transports/unc/sender/index.ts", "transports/unc/receiver/index.ts"],
  },
  {
    id: "transport-opportunistic",
    source: "Part 17",
    behaviour: "An agent that is linked to a segment finds the server there and hears what is new.",
    files: [
      "transports/opportunistic/sender/index.ts",
      "transports/opportunistic/receiver/index.ts",
    ],
  },
  {
    id: "transport-http",
    source: "DESIGN 7 (not in the patent)",
    behaviour: "A machine that has the Internet hears by HTTP, by push or from any static host.",
    files: ["transports/http/receiver/index.ts"],
  },
  {
    id: "step-82",
    source: "Fig. 4, step 82",
    behaviour: "The agent recognizes a notification by its pre-established field.",
    files: [
      "agent/admission/recognize.ts",
      "messages/envelope.ts",
      "transports/email/receiver/mime/read-mail.ts",
    ],
  },
  {
    id: "step-83",
    source: "Fig. 4, step 83",
    behaviour: "What is not ours is left as it is, and is no error.",
    files: ["agent/admission/recognize.ts", "transports/email/receiver/mime/read-mail.ts"],
  },
  {
    id: "step-84",
    source: "Fig. 4, step 84",
    behaviour: "The agent verifies the server's signature and inside it those of push and release.",
    files: ["agent/admission/authenticate.ts", "trust/notification.ts"],
  },
  {
    id: "step-85",
    source: "Fig. 4, step 85",
    behaviour: "A forged notification is refused and leaves no trace on the machine.",
    files: ["agent/admission/authenticate.ts", "agent/reception/receive.ts"],
  },
  {
    id: "step-86",
    source: "Fig. 4, step 86",
    behaviour: "A package that is attached is taken from there, before anything is fetched.",
    files: ["agent/archive/obtain.ts", "obtain/attached/obtainer.ts"],
  },
  {
    id: "step-87",
    source: "Fig. 4, step 87",
    behaviour:
      "Without an attachment the agent takes the Internet or the share, as it is equipped.",
    files: ["agent/archive/obtain.ts"],
  },
  {
    id: "step-88",
    source: "Fig. 4, step 88",
    behaviour: "The Internet utility gets the package by HTTP.",
    files: ["obtain/http/obtainer.ts", "server/http/routes/public.ts"],
  },
  {
    id: "step-89",
    source: "Fig. 4, step 89",
    behaviour: "The push/pull utility gets the package from a share.",
    files: ["obtain/unc/obtainer.ts", "transport/copy-archive.ts"],
  },
  {
    id: "step-90",
    source: "Fig. 4, step 90",
    behaviour: "The package is decompressed, all of it as it was signed or nothing.",
    files: ["package/archive/extract.ts", "package/archive/decode.ts", "agent/install/stage.ts"],
  },
  {
    id: "step-91",
    source: "Fig. 4, step 91",
    behaviour: "The package is deployed: the new version runs, or after any kill the old one does.",
    files: ["agent/machine.ts", "agent/deployment/steps.ts", "agent/install/strategies/index.ts"],
  },
  {
    id: "receipt",
    source: "DESIGN 1 (not in the patent)",
    behaviour: "The agent's signed receipt comes back to the server.",
    files: ["agent/reports/receipt.ts", "server/intake/receipts.ts"],
  },
  {
    id: "claim-1",
    source: "US 6,123,737, claim 1",
    behaviour:
      "From a trigger to the installed package: who has the Internet fetches it by HTTP, who has not takes it from a share.",
    files: ["server/pipeline.ts", "agent/machine.ts", "agent/archive/obtain.ts"],
  },
  {
    id: "claim-2",
    source: "US 6,123,737, claim 2",
    behaviour: "The server determines whether what it received is a push trigger.",
    files: ["server/recognize.ts"],
  },
  {
    id: "claim-3",
    source: "US 6,123,737, claim 3",
    behaviour: "The server authenticates and validates the push trigger.",
    files: ["server/authenticate.ts", "server/validate.ts"],
  },
  {
    id: "claim-4",
    source: "US 6,123,737, claim 4",
    behaviour: "Of many notifications some are delayed, so as not to overload the way.",
    files: ["server/balance.ts", "server/limits/pace.ts"],
  },
  {
    id: "claims-5-7",
    source: "US 6,123,737, claim 5; Fig. 5, parts 12–17",
    behaviour:
      "A notification is for a share, for mail or for the local network; the transport of its kind recognizes it, and whichever brings it, it has one effect.",
    files: [
      "agent/reception/receive.ts",
      "agent/reception/notification.ts",
      "agent/reception/catalog.ts",
    ],
  },
  {
    id: "claims-10-12",
    source: "Fig. 5, parts 13 and 16",
    behaviour:
      "The agent examines a share, compares what it finds with what is installed by version and content, and takes what is newer from there.",
    files: [
      "transports/unc/receiver/index.ts",
      "agent/reception/catalog.ts",
      "obtain/unc/obtainer.ts",
    ],
  },
  {
    id: "claims-14-16",
    source: "Fig. 5, parts 14 and 17",
    behaviour:
      "The agent watches designated segments; when it is linked, again or with another address, it finds the server and installs what was published meanwhile.",
    files: [
      "transports/opportunistic/patrol.ts",
      "transports/opportunistic/receiver/index.ts",
      "obtain/http/obtainer.ts",
    ],
  },
];
