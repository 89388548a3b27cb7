"""The console's files as they are served: types, security headers, revalidation, HEAD; and the
API's errors beside them."""

import os
import pathlib
import re
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "service"))

from service import ServiceTest  # noqa: E402

WEB = pathlib.Path(__file__).resolve().parents[2] / "server/console/web"
VENDORED = [pathlib.Path(os.environ["SLUICE_CONSOLE_VENDORED"], name)
            for name in ("uPlot.LICENSE.txt", "uPlot.iife.min.js", "uPlot.min.css")]
POLICY = ("default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
          "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8",
         ".svg": "image/svg+xml", ".html": "text/html; charset=utf-8",
         ".txt": "text/plain; charset=utf-8"}


class ConsoleFiles(ServiceTest):
    def setUp(self):
        super().setUp()
        self.service = self.start_first()
        self.service.key = None

    def paths(self):
        for file in [*sorted(WEB.iterdir()), *VENDORED]:
            yield ("/" if file.name == "index.html" else f"/console/{file.name}"), file

    def test_every_file_is_served_to_everybody_with_its_type_and_the_policy(self):
        for path, file in self.paths():
            answer = self.service.call("GET", path)
            self.assertEqual(answer.status, 200, path)
            self.assertEqual(answer.body, file.read_bytes(), path)
            self.assertEqual(answer.headers["content-type"], TYPES[file.suffix], path)
            self.assertEqual(answer.headers["content-security-policy"], POLICY, path)
            self.assertEqual(answer.headers["x-content-type-options"], "nosniff", path)
            self.assertEqual(answer.headers["referrer-policy"], "no-referrer", path)
            self.assertEqual(answer.headers["cache-control"], "no-cache", path)
            self.assertNotIn("set-cookie", answer.headers)

    def test_a_known_file_is_not_sent_again(self):
        for path, _ in self.paths():
            etag = self.service.call("GET", path).headers["etag"]
            for known in (etag, f'"other", W/{etag}'):
                answer = self.service.call("GET", path, headers={"If-None-Match": known})
                self.assertEqual((answer.status, answer.body), (304, b""), path)
                self.assertEqual(answer.headers["etag"], etag)
            answer = self.service.call("GET", path, headers={"If-None-Match": '"other"'})
            self.assertEqual(answer.status, 200, path)

    def test_head_has_the_headers_and_no_body(self):
        shown = self.service.call("GET", "/")
        answer = self.service.call("HEAD", "/")
        self.assertEqual((answer.status, answer.body), (200, b""))
        for name in ("content-length", "content-type", "etag", "content-security-policy"):
            self.assertEqual(answer.headers[name], shown.headers[name])

    def test_other_paths_and_methods_are_refused_as_the_api_does(self):
        for path in ("/console", "/console/", "/console/index.html", "/console/../main.js",
                     "/console/nothing.js", "/favicon.ico", "/index.html"):
            self.assert_error(self.service.call("GET", path), 404, "NotFoundError")
        answer = self.service.call("POST", "/", {})
        self.assert_error(answer, 405, "MethodNotAllowedError")
        self.assertEqual(answer.headers["allow"], "GET, HEAD, OPTIONS")

    def test_the_page_names_only_files_that_are_there_and_nothing_of_elsewhere(self):
        page = self.service.call("GET", "/").body.decode()
        named = re.findall(r'(?:href|src)="([^"#]+)"', page)
        self.assertGreater(len(named), 3)
        for path in named:
            self.assertEqual(self.service.call("GET", path).status, 200, path)
        for path, file in self.paths():
            if file.suffix == ".js":
                for name in re.findall(r"from '\./([^']+)'", file.read_text()):
                    self.assertEqual(self.service.call("GET", f"/console/{name}").status, 200, path)

    def test_the_licence_of_what_others_wrote_is_shown_and_linked(self):
        licence = self.service.call("GET", "/console/uPlot.LICENSE.txt").body.decode()
        self.assertIn("The MIT License", licence)
        self.assertIn("Copyright (c)", licence)
        overview = self.service.call("GET", "/console/overview.js").body.decode()
        self.assertIn("'/console/uPlot.LICENSE.txt'", overview)

    def test_a_setting_switches_it_off(self):
        self.service.stop()
        off = self.start("--console", "off")
        for path, _ in self.paths():
            self.assert_error(off.call("GET", path), 404, "NotFoundError")
        self.assertEqual(off.call("GET", "/healthz").status, 200)


if __name__ == "__main__":
    unittest.main()
