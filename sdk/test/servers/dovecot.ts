/** Configuration of the mailboxes: Dovecot (IMAP, POP3, LMTP with Sieve) over Maildirs; any user, one password. */
import type { Certificates } from "./certificates.ts";

/** What the configuration depends on. */
export interface DovecotPlan {
  /** Folder of its own. */
  readonly at: string;
  readonly ports: {
    readonly imap: number;
    readonly imaps: number;
    readonly pop3: number;
    readonly pop3s: number;
    readonly lmtp: number;
    readonly smtp: number;
  };
  readonly certificates: Certificates;
  readonly password: string;
}

/** The text of `dovecot.conf`, for Dovecot 2.3. */
export function dovecotConfiguration({ at, ports, certificates, password }: DovecotPlan): string {
  return `
protocols = imap pop3 lmtp
listen = 127.0.0.1
base_dir = ${at}/run
state_dir = ${at}/state
log_path = ${at}/dovecot.log
ssl = yes
ssl_cert = <${certificates.certificate}
ssl_key = <${certificates.key}
ssl_min_protocol = TLSv1.2
disable_plaintext_auth = no
auth_mechanisms = plain login
passdb {
  driver = static
  args = password={PLAIN}${password}
}
userdb {
  driver = static
  args = uid=mail gid=mail home=${at}/home/%Ld/%Ln allow_all_users=yes
}
mail_location = maildir:~/Maildir
first_valid_uid = 8
first_valid_gid = 8
mail_fsync = never
submission_host = 127.0.0.1:${ports.smtp}
recipient_delimiter = +
mail_max_userip_connections = 100
namespace inbox {
  inbox = yes
  mailbox Junk {
    auto = create
    special_use = \\Junk
  }
}
service imap-login {
  inet_listener imap {
    port = ${ports.imap}
  }
  inet_listener imaps {
    port = ${ports.imaps}
    ssl = yes
  }
}
service pop3-login {
  inet_listener pop3 {
    port = ${ports.pop3}
  }
  inet_listener pop3s {
    port = ${ports.pop3s}
    ssl = yes
  }
}
# Programs that Sieve starts inherit the limit, and Node needs more address space than the usual 256 MB.
service lmtp {
  vsz_limit = 0
  inet_listener lmtp {
    address = 127.0.0.1
    port = ${ports.lmtp}
  }
}
service auth {
  unix_listener auth-postfix {
    mode = 0666
  }
}
service stats {
  unix_listener stats-writer {
    mode = 0666
  }
}
protocol lmtp {
  postmaster_address = postmaster@customer.test
  mail_plugins = sieve
}
plugin {
  sieve = file:~/sieve;active=~/.dovecot.sieve
  sieve_before = ${at}/before.sieve
  sieve_plugins = sieve_extprograms
  sieve_global_extensions = +vnd.dovecot.pipe
  sieve_pipe_bin_dir = ${at}/pipe
  sieve_pipe_exec_timeout = 120s
  sieve_user_log = ${at}/sieve.log
}
`;
}

/** Spam goes to Junk, and what is for agents into a program's standard input, as a site would have it. */
export const sieveScript = `require ["fileinto", "vnd.dovecot.pipe", "envelope"];
if header :contains "X-Spam-Flag" "YES" { fileinto "Junk"; }
elsif allof (envelope :domain "to" "sieve.test", exists "Outrider-Document") { pipe "agent"; }
`;
