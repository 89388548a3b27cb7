"""package_test.py BUILD: what `cmake --install` and cpack make of a build can be used."""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

BUILD = pathlib.Path(sys.argv.pop(1)).resolve()
HERE = pathlib.Path(__file__).resolve().parent


def run(*command, **options):
    done = subprocess.run([str(each) for each in command], capture_output=True, text=True, check=False,
                          **options)
    if done.returncode != 0:
        raise AssertionError(f"{command}: {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


class Package(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = pathlib.Path(directory.name)

    def test_a_project_finds_the_installed_library(self):
        prefix = self.directory / "prefix"
        run("cmake", "--install", BUILD, "--prefix", prefix, "--component", "development")
        build = self.directory / "build"
        run("cmake", "-S", HERE / "example", "-B", build, "-G", "Ninja", f"-DCMAKE_PREFIX_PATH={prefix}")
        run("cmake", "--build", build)
        self.assertEqual(run(build / "example"), "matched 7\n")

    def test_the_debian_packages_hold_what_they_should(self):
        run("cpack", "-G", "DEB", "-B", self.directory, "--config", BUILD / "CPackConfig.cmake")
        packages = {path.name.split("_")[0]: path for path in self.directory.glob("*.deb")}
        self.assertEqual(set(packages), {"sluice", "libsluice-dev"})
        fields = run("dpkg-deb", "-f", packages["sluice"])
        self.assertRegex(fields, r"(?m)^Depends: .*libsqlite3-0")
        self.assertIn("/etc/sluice/sluice.json",
                      run("dpkg-deb", "--ctrl-tarfile", packages["sluice"], encoding="latin-1"))
        root = self.directory / "root"
        run("dpkg-deb", "-x", packages["sluice"], root)
        self.assertRegex(run(root / "usr/bin/sluice", "--version"), r"^sluice \d+\.\d+\.\d+\n$")
        settings = run(root / "usr/bin/sluice", "serve", "--config", root / "etc/sluice/sluice.json",
                       "--print-config")
        self.assertRegex(settings, r"data_dir +/var/lib/sluice ")
        documents = root / "usr/share/doc/sluice"
        self.assertIn("Apache License", (documents / "LICENSE").read_text())
        self.assertIn("The MIT License", (documents / "uPlot.LICENSE.txt").read_text())
        self.check_unit(root / "usr/lib/systemd/system/sluice.service")
        for name, begin in (("man/man1/sluice.1", '.\\"'),
                            ("bash-completion/completions/sluice", "# bash completion"),
                            ("zsh/vendor-completions/_sluice", "#compdef sluice"),
                            ("fish/vendor_completions.d/sluice.fish", "# fish completion")):
            text = (root / "usr/share" / name).read_text()
            self.assertTrue(text.startswith(begin), name)
            self.assertIn("restore", text)
        self.verify_unit(root)

    def verify_unit(self, root):
        """What systemd has against the unit, with its program where the unit says."""
        if not shutil.which("systemd-analyze"):
            return  # a container without systemd
        unit = root / "usr/lib/systemd/system/sluice.service"
        installed = self.directory / "sluice.service"
        installed.write_text(unit.read_text().replace("/usr/bin/sluice", str(root / "usr/bin/sluice")))
        done = subprocess.run(["systemd-analyze", "verify", "--man=no", "--recursive-errors=no",
                               str(installed)],
                              capture_output=True, text=True, check=False)
        about = [line for line in done.stderr.splitlines() if "sluice" in line]
        self.assertEqual(about, [], done.stderr)

    def test_what_the_dockerfile_copies_is_there(self):
        root = HERE.parent.parent
        text = (root / "tools/package/Dockerfile").read_text()
        stages = set(re.findall(r"(?m)^FROM \S+ AS (\w+)$", text))
        copied = re.findall(r"(?m)^COPY (?:--from=(\w+) )?(.+) \S+$", text)
        self.assertTrue(copied)
        for stage, sources in copied:
            if stage:
                self.assertIn(stage, stages)
                continue
            for source in sources.split():
                self.assertTrue((root / source).exists(), source)
        self.assertLessEqual({"CMakeLists.txt", "CMakePresets.json", "engine", "server", "tools", "data"},
                             {each for _, sources in copied for each in sources.split()})
        self.assertRegex(text, r"(?m)^USER sluice$")
        self.assertRegex(text, r"(?m)^VOLUME ")

    def check_unit(self, unit):
        for directive in ("ProtectSystem=strict", "NoNewPrivileges=yes", "DynamicUser=yes"):
            self.assertIn(directive, unit.read_text())
        if not shutil.which("systemd-analyze"):
            return  # a container without systemd
        done = subprocess.run(["systemd-analyze", "security", "--offline=true", str(unit)],
                              capture_output=True, text=True, check=False,
                              env={**os.environ, "PAGER": "cat"})
        exposure = re.search(r"Overall exposure level for \S+: ([\d.]+)", done.stdout)
        self.assertTrue(exposure, done.stdout + done.stderr)
        self.assertLess(float(exposure[1]), 2.5, done.stdout)


if __name__ == "__main__":
    unittest.main()
