"""A real mail server, aiosmtpd, as a program of its own: it tells what arrives, a JSON object a line,
and sees to it that recipients fare differently.

usage: mail_server.py --login NAME PASSWORD [--certificate FILE --key FILE] [--clear-auth]

With a certificate it offers STARTTLS and takes nothing before; --clear-auth takes passwords without.
Local parts decide: `refused` is answered with 550, `later` with 451 the first time.
"""

import argparse
import asyncio
import base64
import json
import logging
import ssl
import sys
import warnings

from aiosmtpd.smtp import SMTP, AuthResult


def tell(what, **fields):
    print(json.dumps({"what": what, **fields}), flush=True)


class Mailbox:
    def __init__(self):
        self.delayed = set()

    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        local = address.partition("@")[0]
        if local == "refused":
            return "550 5.1.1 no such mailbox"
        if local == "later" and address not in self.delayed:
            self.delayed.add(address)
            return "451 4.2.1 greylisted"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        tell("mail", sender=envelope.mail_from, recipients=envelope.rcpt_tos,
             login=session.auth_data, is_encrypted=session.ssl is not None,
             content=base64.b64encode(envelope.original_content).decode())
        return "250 OK: queued"


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--certificate")
    options.add_argument("--key")
    options.add_argument("--login", nargs=2, required=True)
    options.add_argument("--clear-auth", action="store_true")
    given = options.parse_args()
    name, password = given.login
    logging.getLogger("mail").setLevel(logging.CRITICAL)  # what it refuses is told, or none of ours
    warnings.simplefilter("ignore")  # it warns of --clear-auth, which is meant

    def authenticate(server, session, envelope, mechanism, data):
        good = data.login == name.encode() and data.password == password.encode()
        tell("login", good=good, is_encrypted=session.ssl is not None)
        return AuthResult(success=good, handled=False, auth_data=name if good else None)

    context = None
    if given.certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(given.certificate, given.key)
    mailbox = Mailbox()

    def serve():
        return SMTP(mailbox, hostname="mail.test", tls_context=context, loop=loop,
                    require_starttls=context is not None, auth_required=True,
                    auth_require_tls=not given.clear_auth, authenticator=authenticate,
                    enable_SMTPUTF8=False, timeout=30)

    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    server = loop.run_until_complete(loop.create_server(serve, "127.0.0.1", 0))
    tell("listening", port=server.sockets[0].getsockname()[1])
    loop.run_forever()


if __name__ == "__main__":
    sys.exit(main())
