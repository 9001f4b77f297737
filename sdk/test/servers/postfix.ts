/**
 * Configuration of the mail relay: Postfix, from which nothing can leave this machine.
 *
 * vendor.test, customer.test: mailboxes. relay8bit.test: the same by a hop without 8BITMIME, which re-codes 8-bit parts.
 * bounce.test, full.test: accepted, then refused by a second machine (550 5.1.1, 552 5.2.2), so that real reports come
 * back (RFC 3464). dead.test: nobody answers. unknown@…: refused at RCPT. pipe.test: to a program's standard input.
 * sieve.test: to a program by the recipient's Sieve script.
 */

/** What the configuration depends on. */
export interface PostfixPlan {
  /** Folder of its own. */
  readonly at: string;
  readonly ports: {
    readonly smtp: number;
    readonly submission: number;
    readonly lmtp: number;
    /** The second machine. */
    readonly other: number;
  };
  readonly certificate: string;
  readonly key: string;
  /** Socket by which Dovecot checks logins. */
  readonly authSocket: string;
  /** Run for mail to pipe.test. */
  readonly pipeProgram: string;
  /** A report of delay after so many seconds; 0: none. */
  readonly delayWarningSeconds: number;
  /** What cannot be delivered is given up after so many seconds. */
  readonly queueLifetimeSeconds: number;
}

/** The text of `main.cf`. */
export function postfixMain(plan: PostfixPlan): string {
  const { at, ports } = plan;
  return `
compatibility_level = 3.6
queue_directory = ${at}/spool
data_directory = ${at}/data
myhostname = mail.vendor.test
mydomain = vendor.test
myorigin = vendor.test
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
smtp_host_lookup = native
smtp_dns_support_level = disabled
default_transport = error:5.1.2 no mail leaves this machine
relay_transport = error:5.1.2 no mail leaves this machine
virtual_mailbox_domains = vendor.test customer.test relay8bit.test pipe.test sieve.test dead.test bounce.test full.test
virtual_mailbox_maps = regexp:${at}/conf/mailboxes
virtual_transport = lmtp:inet:127.0.0.1:${ports.lmtp}
transport_maps = inline:{ {relay8bit.test = lmtp8:inet:127.0.0.1:${ports.lmtp}}, {pipe.test = agentpipe:}, {dead.test = smtp:[127.0.0.1]:1}, {bounce.test = smtp:[127.0.0.1]:${ports.other}}, {full.test = smtp:[127.0.0.1]:${ports.other}} }
recipient_delimiter = +
delay_warning_time = ${plan.delayWarningSeconds}s
alias_maps =
alias_database =
local_recipient_maps =
biff = no
message_size_limit = 209715200
mailbox_size_limit = 0
virtual_mailbox_limit = 0
smtpd_tls_cert_file = ${plan.certificate}
smtpd_tls_key_file = ${plan.key}
smtpd_tls_security_level = may
smtpd_tls_auth_only = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = ${plan.authSocket}
smtpd_relay_restrictions = permit_mynetworks permit_sasl_authenticated reject_unauth_destination
smtpd_client_connection_count_limit = 0
smtpd_client_connection_rate_limit = 0
minimal_backoff_time = 1s
maximal_backoff_time = 2s
queue_run_delay = 1s
maximal_queue_lifetime = ${plan.queueLifetimeSeconds}s
bounce_queue_lifetime = ${plan.queueLifetimeSeconds}s
maillog_file = ${at}/postfix.log
maillog_file_prefixes = ${at}
`;
}

/** The text of the table of mailboxes: all but unknown@… */
export const postfixMailboxes = "if !/^unknown@/\n/^/ ok\nendif\n";

/** The text of `master.cf`. */
export function postfixMaster({ ports, pipeProgram }: PostfixPlan): string {
  return `
postlog   unix-dgram n - n - 1 postlogd
127.0.0.1:${ports.smtp} inet n - n - - smtpd
127.0.0.1:${ports.submission} inet n - n - - smtpd
  -o smtpd_tls_security_level=encrypt -o smtpd_sasl_auth_enable=yes -o mynetworks=
  -o smtpd_client_restrictions=permit_sasl_authenticated,reject
127.0.0.1:${ports.other} inet n - n - - smtpd
  -o myhostname=mail.other.test
  -o { smtpd_recipient_restrictions = check_recipient_access inline:{ {full.test=552 5.2.2 mailbox full} }, check_recipient_access static:{550 5.1.1 no such user here} }
pickup    unix n - n 60 1 pickup
cleanup   unix n - n - 0 cleanup
qmgr      unix n - n 1 1 qmgr
tlsmgr    unix - - n 1000? 1 tlsmgr
rewrite   unix - - n - - trivial-rewrite
bounce    unix - - n - 0 bounce
defer     unix - - n - 0 bounce
trace     unix - - n - 0 bounce
verify    unix - - n - 1 verify
flush     unix n - n 1000? 0 flush
proxymap  unix - - n - - proxymap
smtp      unix - - n - - smtp
relay     unix - - n - - smtp
showq     unix n - n - - showq
error     unix - - n - - error
retry     unix - - n - - error
discard   unix - - n - - discard
lmtp      unix - - n - - lmtp
lmtp8     unix - - n - - lmtp
  -o lmtp_discard_lhlo_keywords=8bitmime
anvil     unix - - n - 1 anvil
scache    unix - - n - 1 scache
agentpipe unix - n n - - pipe
  flags=DRhu user=mail argv=${pipeProgram} \${sender} \${recipient}
`;
}
