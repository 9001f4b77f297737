/**
 * From an accepted trigger to the version that runs, by each transport, with the command line as server and agent: by mail
 * through Postfix and Dovecot to an agent in IDLE, by a share, by HTTP; and on a local network from the cable that is
 * plugged in. Each against what its carrier alone takes in the same run, or may take.
 *
 *     node bench/installed.ts [--pushes 9] [--only mail,share,http,link]
 */
import { parseArgs } from "node:util";
import { byHttp } from "./installed/http.ts";
import { byLink } from "./installed/link.ts";
import { byMail } from "./installed/mail.ts";
import { byShare } from "./installed/share.ts";

const { values } = parseArgs({
  options: {
    pushes: { type: "string", default: "9" },
    only: { type: "string", default: "mail,share,http,link" },
  },
});
const ways: Readonly<Record<string, (pushes: number) => Promise<void>>> = {
  mail: byMail,
  share: byShare,
  http: byHttp,
  link: byLink,
};
for (const name of values.only.split(",")) await ways[name]?.(Number(values.pushes));
