"""A Slack for tests: chat.postMessage as the Web API answers it, for clients that send JSON or a form."""

import json
import urllib.parse

from receivers import Receiver


class SlackFake(Receiver):
    """Knows one token and the channel C1, and is asked for too much `rate_limited` times."""

    def __init__(self, token):
        super().__init__(self.answer_turn)
        self.token = token
        self.rate_limited = 0
        self.retry_after = 1
        self.messages = []
        self.api_url = self.url + "/api/"

    def answer_turn(self, number):
        request = self.requests[number]
        if self.rate_limited > 0:
            self.rate_limited -= 1
            return self.say(429, {"Retry-After": str(self.retry_after)}, error="ratelimited")
        if request.path != "/api/chat.postMessage":
            return self.say(error="unknown_method")
        message = self.read(request)
        given = request.headers.get("authorization", "").removeprefix("Bearer ")
        if not given:
            return self.say(error="not_authed")
        if given != self.token:
            return self.say(error="invalid_auth")
        if message.get("channel") != "C1":
            return self.say(error="channel_not_found")
        if not message.get("text") and not message.get("blocks"):
            return self.say(error="no_text")
        self.messages.append(message)
        return self.say(channel="C1", ts=f"1700000000.{len(self.messages):06}",
                        message={"type": "message", "text": message.get("text", "")})

    @staticmethod
    def read(request):
        if request.headers.get("content-type", "").startswith("application/json"):
            return json.loads(request.body)
        return dict(urllib.parse.parse_qsl(request.body.decode()))

    @staticmethod
    def say(status=200, fields=None, error=None, **what):
        body = {"ok": error is None, **({"error": error} if error else {}), **what}
        return status, {"Content-Type": "application/json; charset=utf-8", **(fields or {})}, \
            json.dumps(body).encode()
