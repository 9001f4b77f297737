"""Asks for one header field of every mail in a mailbox: port, authority and login come as lines on standard input."""

import imaplib
import ssl
import sys

port, authority, user, password = sys.stdin.read().splitlines()
mailbox = imaplib.IMAP4_SSL("localhost", int(port), ssl_context=ssl.create_default_context(cafile=authority))
mailbox.login(user, password)
mailbox.select(readonly=True)
_, answers = mailbox.uid("FETCH", "1:*", "(UID BODY.PEEK[HEADER.FIELDS (Outrider-Document)])")
found = sum(1 for answer in answers if isinstance(answer, tuple) and answer[1].strip() != b"")
mailbox.logout()
sys.exit(0 if found == 1 else 1)
