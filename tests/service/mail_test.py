"""Mail, judged by a mail server that is not ours (aiosmtpd) and by Python's reader of mails."""

import base64
import email
import email.policy
import importlib.util
import json
import pathlib
import subprocess
import sys
import threading
import unittest

from service import WEBHOOKS, ServiceTest, wait_for

HERE = pathlib.Path(__file__).parent
# The package of the distribution is seen by the distribution's Python alone.
PYTHON = sys.executable if importlib.util.find_spec("aiosmtpd") else "/usr/bin/python3"


def make_certificate(directory, name):
    """A self-made certificate of 127.0.0.1, which is its own authority: (certificate, key)."""
    certificate, key = directory / f"{name}.pem", directory / f"{name}.key"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", f"/CN={name}",
                    "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate],
                   check=True, capture_output=True)
    return certificate, key


class MailServer:
    def __init__(self, *arguments):
        self.told = []
        self.process = subprocess.Popen(
            [PYTHON, "-B", HERE / "mail_server.py", "--login", "sluice", "open sesame",
             *arguments],
            stdout=subprocess.PIPE, text=True)
        first = self.process.stdout.readline()
        if not first:
            raise AssertionError("the mail server did not start; it needs Debian's "
                                 "python3-aiosmtpd (tools/install test)")
        self.port = json.loads(first)["port"]
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self):
        for line in self.process.stdout:
            self.told.append(json.loads(line))

    def all(self, what):
        return [each for each in self.told if each["what"] == what]

    def close(self):
        self.process.kill()
        self.process.wait()
        self._reader.join(5)
        self.process.stdout.close()


def parse(mail):
    """The mail as a reader of mails sees it, which finds no fault with it."""
    content = base64.b64decode(mail["content"])
    assert b"=0A" not in content, "a line break that is encoded is none (RFC 2045 section 6.7)"
    assert b"\n" not in content.replace(b"\r\n", b""), "a line that does not end with CR LF"
    assert max(map(len, content.split(b"\r\n"))) <= 998, "a line longer than RFC 5322 allows"
    message = email.message_from_bytes(content, policy=email.policy.default)
    for part in message.walk():
        assert not part.defects, part.defects
        for value in part.values():
            assert not value.defects, (value, value.defects)
    return message


class Mail(ServiceTest):
    arguments = ("--egress-allow", "127.0.0.0/8", "--smtp-username", "sluice",
                 "--smtp-from", "events@sluice.test")

    def serve_mail(self, *arguments, with_tls=True):
        if with_tls:
            certificate, key = make_certificate(self.directory, "mail")
            arguments += ("--certificate", certificate, "--key", key)
        self.mail = MailServer(*arguments)
        self.addCleanup(self.mail.close)

    def start_with_mail(self, *arguments, password="open sesame", ca="mail.pem"):
        return self.start_first("--smtp-url", f"smtp://127.0.0.1:{self.mail.port}",
                                "--smtp-ca-file", str(self.directory / ca), *arguments,
                                environment={"SLUICE_SMTP_PASSWORD": password})

    def create(self, service, name="m", event_type="a.*", **configs):
        configs.setdefault("to_addresses", ["ann@one.test"])
        answer = service.call("POST", WEBHOOKS, {
            "webhook_name": name, "event_types": [event_type],
            "channels": [{"channel": "email", "configs": configs}]})
        self.assertEqual(answer.status, 201, answer.body)
        return answer.json

    def send(self, service, event_type="a.b", **fields):
        answer = service.post_events([{"event_type": event_type, **fields}])
        self.assertEqual((answer.status, answer.json["matched"]), (202, 1), answer.body)

    def attempts(self, service, name="m"):
        return service.call("GET", f"{WEBHOOKS}{name}/deliveries").json["results"]

    def wait_for_mails(self, count):
        self.assertTrue(wait_for(lambda: len(self.mail.all("mail")) >= count),
                        self.mail.told)
        return self.mail.all("mail")

    def test_a_mail_goes_over_tls_with_a_login_and_says_what_happened(self):
        self.serve_mail()
        service = self.start_with_mail()
        made = self.create(service, to_addresses=["ann@one.test", "bob@two.test"],
                           cc_addresses=["cc@one.test"], bcc_addresses=["hidden@one.test"])
        self.send(service, event_id="e-1", subject={"type": "order", "id": "4711"},
                  metadata={"note": "5 < 6 & so on, \u00fc\u20ac\U0001f600 " + "x" * 2000})
        mails = self.wait_for_mails(4)
        self.assertEqual(sorted(r for m in mails for r in m["recipients"]),
                         ["ann@one.test", "bob@two.test", "cc@one.test", "hidden@one.test"])
        self.assertTrue(all(m["is_encrypted"] and m["login"] == "sluice" for m in mails))
        self.assertTrue(all(login["is_encrypted"] for login in self.mail.all("login")))
        self.assertEqual({m["sender"] for m in mails}, {"events@sluice.test"})
        messages = [parse(mail) for mail in mails]
        self.assertEqual(len({m["Message-ID"] for m in messages}), 1)
        message = messages[0]
        self.assertEqual(message["Subject"], "a.b (order 4711)")
        self.assertEqual(message["From"], "events@sluice.test")
        self.assertEqual([a.addr_spec for a in message["To"].addresses],
                         ["ann@one.test", "bob@two.test"])
        self.assertEqual([a.addr_spec for a in message["Cc"].addresses], ["cc@one.test"])
        self.assertIsNone(message["Bcc"])
        self.assertEqual(message["Auto-Submitted"], "auto-generated")
        self.assertIsNotNone(message["Date"].datetime)
        self.assertEqual(message.get_content_type(), "multipart/alternative")
        plain = message.get_body(("plain",)).get_content()
        html = message.get_body(("html",)).get_content()
        self.assertIn("5 < 6 & so on, \u00fc\u20ac\U0001f600 xxx", plain)
        self.assertIn("5 &lt; 6 &amp; so on, \u00fc\u20ac\U0001f600 xxx", html)
        self.assertTrue(wait_for(lambda: self.attempts(service)))
        (attempt,) = self.attempts(service)
        self.assertEqual((attempt["status"], attempt["channel"]), ("delivered", "email"))
        self.assertIn(attempt["delivery_id"], message["Message-ID"])
        self.assertTrue(wait_for(lambda: service.call(
            "GET", WEBHOOKS + made["webhook_id"]).json["last_success_at"]))

    def test_each_kind_of_body_is_what_it_says(self):
        self.serve_mail()
        service = self.start_with_mail()
        template = "# {{ event_type }}\n.\n..{{ metadata.word }} <b>\u00e9</b>\n"
        wanted = {
            "plain_text": ("text/plain", "# k.plain_text\n.\n..<i>&\u00fc</i> <b>\u00e9</b>\n"),
            "html": ("text/html",
                     "# k.html\n.\n..&lt;i&gt;&amp;\u00fc&lt;/i&gt; <b>\u00e9</b>\n"),
        }
        for kind in ("plain_text", "html", "markdown", "json"):
            body = {"body_template": template} if kind != "json" else {}
            self.create(service, kind, f"k.{kind}", content_type=kind, **body,
                        subject_template="{event_type}: {{ metadata.word }}")
            self.send(service, f"k.{kind}", metadata={"word": "<i>&\u00fc</i>"})
        messages = {m["Subject"].partition(":")[0][2:]: m for m in map(
            parse, self.wait_for_mails(4))}
        for kind, (content_type, text) in wanted.items():
            (part,) = messages[kind].iter_parts()
            self.assertEqual(part.get_content_type(), content_type)
            self.assertEqual(part.get_content().replace("\r\n", "\n"), text)
            self.assertEqual(messages[kind]["Subject"], f"k.{kind}: <i>&\u00fc</i>")
        markdown = messages["markdown"]
        self.assertEqual(markdown.get_content_type(), "multipart/alternative")
        self.assertIn("# k.markdown", markdown.get_body(("plain",)).get_content())
        html = markdown.get_body(("html",)).get_content()
        self.assertIn("<h1>k.markdown</h1>", html)
        self.assertNotIn("<i>", html)
        (part,) = messages["json"].iter_parts()
        self.assertEqual(part.get_content_type(), "application/json")
        event = json.loads(part.get_content())
        self.assertEqual(event["metadata"], {"word": "<i>&\u00fc</i>"})

    def test_nothing_of_an_event_becomes_a_header(self):
        self.serve_mail()
        service = self.start_with_mail()
        self.create(service, subject_template="{{ metadata.a }} " + "\u00fcber " * 40)
        evil = "one\r\nBcc: evil@evil.test\r\n\r\n.\r\nMAIL FROM:<x@evil.test>"
        self.send(service, subject={"type": "t", "id": evil}, metadata={"a": evil})
        (mail,) = self.wait_for_mails(1)
        message = parse(mail)
        self.assertEqual(mail["recipients"], ["ann@one.test"])
        self.assertIsNone(message["Bcc"])
        self.assertEqual(sorted(name.lower() for name in message.keys()), sorted([
            "date", "from", "to", "subject", "message-id", "auto-submitted", "mime-version",
            "content-type"]))
        self.assertTrue(message["Subject"].startswith("one  Bcc: evil@evil.test    .  MAIL FROM:"))
        self.assertIn("\u00fcber \u00fcber", message["Subject"])
        self.assertFalse(wait_for(lambda: len(self.mail.all("mail")) > 1, seconds=1))

    def test_a_refused_recipient_fails_alone_and_for_good(self):
        self.serve_mail()
        service = self.start_with_mail()
        self.create(service, to_addresses=["refused@one.test", "ann@one.test"])
        self.send(service)
        (mail,) = self.wait_for_mails(1)
        self.assertEqual(mail["recipients"], ["ann@one.test"])
        self.assertTrue(wait_for(lambda: self.attempts(service)))
        (attempt,) = self.attempts(service)
        self.assertEqual(attempt["status"], "dead")
        self.assertIn("refused@one.test", attempt["error"])
        self.assertIn("550", attempt["error"])
        self.assertNotIn("ann@one.test", attempt["error"])

    def test_a_retry_has_the_same_message_id_and_goes_to_whom_it_is_owed_alone(self):
        self.serve_mail()
        service = self.start_with_mail()
        self.create(service, to_addresses=["ann@one.test", "later@one.test", "bob@one.test"])
        self.send(service)
        mails = self.wait_for_mails(3)  # the last one after 4 to 6 seconds
        self.assertEqual([m["recipients"] for m in mails],
                         [["ann@one.test"], ["bob@one.test"], ["later@one.test"]])
        messages = [parse(mail) for mail in mails]
        self.assertEqual(len({m["Message-ID"] for m in messages}), 1)
        self.assertEqual(len({m["Date"] for m in messages}), 1)
        self.assertTrue(wait_for(lambda: len(self.attempts(service)) == 2))
        self.assertEqual([a["status"] for a in self.attempts(service)], ["delivered", "failed"])
        self.assertIn("451", self.attempts(service)[1]["error"])

    def test_who_has_accepted_gets_no_second_mail_after_kill_9(self):
        self.serve_mail()
        service = self.start_with_mail()
        key = service.key
        self.create(service, to_addresses=["ann@one.test", "later@one.test", "refused@one.test"])
        self.send(service)
        self.wait_for_mails(1)
        self.assertTrue(wait_for(lambda: self.attempts(service)))
        service.kill()
        service = self.start("--smtp-url", f"smtp://127.0.0.1:{self.mail.port}", "--smtp-ca-file",
                             str(self.directory / "mail.pem"),
                             environment={"SLUICE_SMTP_PASSWORD": "open sesame"})
        service.key = key
        mails = self.wait_for_mails(2)  # the last one after 4 to 6 seconds
        self.assertTrue(wait_for(lambda: len(self.attempts(service)) == 2))
        self.assertEqual([m["recipients"] for m in self.mail.all("mail")],
                         [["ann@one.test"], ["later@one.test"]])
        self.assertEqual(len({parse(mail)["Message-ID"] for mail in mails}), 1)
        last, first = self.attempts(service)
        self.assertEqual((first["status"], last["status"]), ("failed", "dead"))
        self.assertIn("refused@one.test", last["error"])
        self.assertIn("550", last["error"])

    def assert_nothing_was_said(self, service):
        self.assertTrue(wait_for(lambda: self.attempts(service)))
        self.assertEqual(self.attempts(service)[0]["status"], "failed")
        self.assertEqual(self.mail.told, [])

    def test_no_password_is_sent_without_tls(self):
        self.serve_mail("--clear-auth", with_tls=False)
        make_certificate(self.directory, "mail")
        service = self.start_with_mail()
        self.create(service)
        self.send(service)
        self.assert_nothing_was_said(service)

    def test_a_mail_waits_for_the_relay_that_the_operator_forgot(self):
        service = self.start_first()
        self.create(service)
        self.send(service)
        self.assertTrue(wait_for(lambda: self.attempts(service)))
        (attempt,) = self.attempts(service)
        self.assertEqual(attempt["status"], "failed")
        self.assertIn("smtp.url", attempt["error"])

    def test_a_relay_that_is_no_url_is_refused_at_the_start(self):
        with self.assertRaisesRegex(AssertionError, "smtp.url: expected smtp://"):
            self.start_first("--smtp-url", "http://x")

    def test_an_operator_may_allow_a_relay_without_tls(self):
        self.serve_mail("--clear-auth", with_tls=False)
        make_certificate(self.directory, "mail")
        service = self.start_with_mail("--smtp-tls", "off")
        self.create(service)
        self.send(service)
        (mail,) = self.wait_for_mails(1)
        self.assertEqual((mail["login"], mail["is_encrypted"]), ("sluice", False))

    def test_a_relay_with_a_strangers_certificate_gets_nothing(self):
        self.serve_mail()
        make_certificate(self.directory, "stranger")
        service = self.start_with_mail(ca="stranger.pem")
        self.create(service)
        self.send(service)
        self.assert_nothing_was_said(service)

    def test_a_refused_login_is_told_and_kept_secret(self):
        self.serve_mail()
        service = self.start_with_mail(password="wrong password")
        self.create(service)
        self.send(service)
        self.assertTrue(wait_for(lambda: self.attempts(service)))
        (attempt,) = self.attempts(service)
        self.assertEqual(attempt["status"], "failed")
        self.assertIn("535", attempt["error"])
        self.assertEqual([login["good"] for login in self.mail.all("login")], [False])
        self.assertEqual(self.mail.all("mail"), [])
        service.stop()
        self.assertNotIn("wrong password", "".join(service.log) + json.dumps(attempt))


if __name__ == "__main__":
    unittest.main()
