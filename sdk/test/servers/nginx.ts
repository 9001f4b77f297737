/**
 * nginx of Debian on loopback, as a vendor's host or a CDN: one folder, by HTTP and HTTPS, and the same folder behind
 * faults: `/slow/` (20 kB/s), `/norange/`, `/gone/` (410), `/busy/` (503 with Retry-After), `/redirect/`, `/auth/`.
 */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { outsideTool } from "../support/tools.ts";
import { makeCertificates } from "./certificates.ts";
import { startDaemon, type Daemon } from "./daemon.ts";
import { freePorts, portOpens } from "./free-ports.ts";

/** The server. */
export interface Nginx {
  /** `http://127.0.0.1:port/`. */
  readonly url: string;
  readonly host: string;
  /** `https://localhost:port/`. */
  readonly tlsUrl: string;
  readonly tlsHost: string;
  /** PEM of the authority of its certificate. */
  readonly ca: string;
  /** What it serves. */
  readonly root: string;
  /** Its access log, of all that was answered: method, path, status, range, bytes sent. */
  requests(): Promise<readonly string[]>;
  /** Ends it and starts it on the same ports; a restarted one serves what is in the folder now. */
  stop(): Promise<void>;
  start(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Starts it in a folder of the test's; `undefined`, said aloud, where it is not installed. */
export async function startNginx(folder: string): Promise<Nginx | undefined> {
  const program = outsideTool("nginx");
  const openssl = outsideTool("openssl");
  if (program === undefined || openssl === undefined) return undefined;
  const [plain = 0, secure = 0] = await freePorts(2);
  const at = (...parts: string[]): string => join(folder, "nginx", ...parts);
  const root = at("www");
  await mkdir(root, { recursive: true });
  await mkdir(at("temporary"), { recursive: true });
  const certificates = await makeCertificates(openssl, at());
  await writeFile(at("nginx.conf"), configuration({ at, plain, secure, certificates }));
  const command = [program, "-p", at(), "-c", at("nginx.conf"), "-e", at("error.log")];
  let daemon: Daemon | undefined;
  let marks = 0;
  const start = async (): Promise<void> => {
    daemon = startDaemon(command, at("output.log"));
    await portOpens(plain);
    await portOpens(secure);
  };
  const stop = async (): Promise<void> => {
    await daemon?.stop();
    daemon = undefined;
  };
  await start();
  return {
    url: `http://127.0.0.1:${plain}/`,
    host: `127.0.0.1:${plain}`,
    tlsUrl: `https://localhost:${secure}/`,
    tlsHost: `localhost:${secure}`,
    ca: await readFile(certificates.authority, "utf8"),
    root,
    async requests() {
      // A line is written after its answer went out; one worker answers what is asked now when it has written the others.
      const mark = `/mark-${++marks}`;
      await fetch(`http://127.0.0.1:${plain}${mark}`);
      for (;;) {
        const lines = (await readFile(at("access.log"), "utf8")).split("\n");
        const end = lines.findIndex((line) => line.includes(`${mark} `));
        if (end >= 0) return lines.slice(0, end).filter((line) => !line.includes(" /mark-"));
        await pause(10);
      }
    },
    start,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

interface Layout {
  readonly at: (...parts: string[]) => string;
  readonly plain: number;
  readonly secure: number;
  readonly certificates: { readonly certificate: string; readonly key: string };
}

function configuration({ at, plain, secure, certificates }: Layout): string {
  const www = at("www");
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((name) => `${name}_temp_path ${at("temporary", name)};`)
    .join(" ");
  const locations = `
    root ${www}; etag on; types { } default_type application/octet-stream;
    location /slow/ { alias ${www}/; limit_rate 20k; }
    location /norange/ { alias ${www}/; max_ranges 0; }
    location /gone/ { return 410; }
    location /busy/ { add_header Retry-After 1 always; return 503; }
    location /later/ { add_header Retry-After 60 always; return 503; }
    location /redirect/ { rewrite ^/redirect(/.*)$ $1 redirect; }
    location /auth/ { alias ${www}/; auth_basic drop; auth_basic_user_file /dev/null; }`;
  return `
daemon off; pid ${at("nginx.pid")}; worker_processes 1; ${process.getuid?.() === 0 ? "user root;" : ""}
events { worker_connections 256; }
http {
  log_format plain '$request_method $uri $status $http_range $body_bytes_sent';
  access_log ${at("access.log")} plain; server_tokens off; charset off; tcp_nopush off; ${temporary}
  server { listen 127.0.0.1:${plain}; ${locations} }
  server {
    listen 127.0.0.1:${secure} ssl; ssl_certificate ${certificates.certificate};
    ssl_certificate_key ${certificates.key}; ${locations}
  }
}
`;
}
