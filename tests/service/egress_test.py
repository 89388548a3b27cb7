"""Where the service refuses to send (D5), as those learn it who write webhooks and settings. What names
resolve to is judged when it is connected to, which the tests of the HTTP client and of the mailer show."""

import unittest

from service import WEBHOOKS, ServiceTest

# What is wrong with a URL, and what the answer says of it.
URLS = (
    ("https://127.0.0.1/x", "loopback"),
    ("https://10.0.0.1/x", "private"),
    ("https://169.254.169.254/latest", "cloud metadata"),
    ("https://100.64.0.1/", "carrier-grade NAT"),
    ("https://[::1]/x", "loopback"),
    ("https://[::ffff:192.168.0.1]/", "private"),
    ("https://[fe80::1]/", "link-local"),
    ("https://localhost/x", "loopback"),
    ("https://intranet/x", "full name"),
    ("https://metadata.google.internal/", "full name"),
    ("https://2130706433/", "host name"),
    ("https://0x7f.1/", "host name"),
    ("https://joe:hush@hooks.example.com/", "no user name or password"),
    ("https://hooks.example.com:22/", "port 22"),
    ("https://hooks.example.com:6379/", "port 6379"),
    ("http://hooks.example.com/", "plain http"),
    ("ftp://hooks.example.com/", "https://"),
    ("file:///etc/passwd", "https://"),
    ("gopher://hooks.example.com/", "https://"),
)
RELAYS = (
    ("smtp://127.0.0.1:25", "loopback"),
    ("smtps://192.168.1.1:465", "private"),
    ("smtp://mailrelay:25", "full name"),
    ("smtp://joe:hush@mail.example.com:587", "smtp.password"),
    ("smtp://mail.example.com:22", "port 22"),
    ("http://mail.example.com", "expected smtp://"),
)


class Egress(ServiceTest):
    def test_a_webhook_that_leads_astray_is_refused_with_the_reason(self):
        service = self.start_first()
        for kind, field in (("webhook", "url"), ("slack", "webhook_url")):
            for url, reason in URLS:
                with self.subTest(kind=kind, url=url):
                    answer = service.call("POST", WEBHOOKS, {
                        "webhook_name": "n", "event_types": ["a.*"],
                        "channels": [{"channel": kind, "configs": {field: url}}]})
                    self.assert_error(answer, 422, "ValidationError")
                    (error,) = answer.json["error"]["details"]["validation_errors"]
                    self.assertEqual(error["location"], ["body", "channels", 0, "configs", field])
                    self.assertIn(reason, error["message"])
                    self.assertNotIn("hush", answer.body.decode())
        self.assertEqual(service.call("GET", WEBHOOKS).json, [])

    def test_a_good_webhook_cannot_be_led_astray_later(self):
        service = self.start_first()
        path = WEBHOOKS + service.call("POST", WEBHOOKS, {
            "webhook_name": "n", "event_types": ["a.*"], "channels": [{
                "channel": "slack",
                "configs": {"webhook_url": "https://hooks.example.com/s/T/B"}}]}).json["webhook_id"]
        for method in ("PATCH", "PUT"):
            answer = service.call(method, path, {
                "webhook_name": "n", "event_types": ["a.*"], "channels": [{
                    "channel": "slack", "configs": {"webhook_url": "https://10.0.0.1/s/T/B"}}]})
            self.assert_error(answer, 422, "ValidationError")
            self.assertIn("private", answer.body.decode())

    def assert_refused_at_the_start(self, flag, setting, value, reason):
        with self.subTest(setting=setting, value=value):
            with self.assertRaises(AssertionError) as ended:
                self.start_first(flag, value)
            self.assertIn(f"{setting}: ", str(ended.exception))
            self.assertIn(reason, str(ended.exception))
            self.assertNotIn("hush", str(ended.exception))

    def test_settings_that_lead_astray_are_refused_at_the_start(self):
        for value, reason in RELAYS:
            self.assert_refused_at_the_start("--smtp-url", "smtp.url", value, reason)
        for value, reason in URLS:
            self.assert_refused_at_the_start("--sms-base-url", "sms.base_url", value, reason)
        for value, reason in URLS[:2] + URLS[12:16]:
            self.assert_refused_at_the_start("--slack-api", "slack.api", value, reason)

    def test_what_the_operator_allows_may_be_anywhere(self):
        service = self.start_first(
            "--egress-allow", "127.0.0.0/8,mailrelay", "--smtp-url", "smtp://mailrelay:2025",
            "--sms-base-url", "http://127.0.0.1:6379", "--slack-api", "http://localhost:8080/api")
        self.assertEqual(service.call("GET", "/readyz").status, 200)


if __name__ == "__main__":
    unittest.main()
