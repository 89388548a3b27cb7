"""What brings the library of the charts into the build: of the version that the lock file names alone,
and advice where it cannot be had."""

import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

SOURCE = pathlib.Path(__file__).resolve().parents[2] / "server/console"
LOCKED = json.loads((SOURCE / "package-lock.json").read_text())["packages"]["node_modules/uplot"]
FILES = ["LICENSE", "dist/uPlot.iife.min.js", "dist/uPlot.min.css"]


class Vendor(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = pathlib.Path(directory.name)
        self.output = self.directory / "output"

    def vendor(self, package="", source=SOURCE, **environment):
        return subprocess.run(["cmake", "-D", f"DIRECTORY={package}", "-D", f"OUTPUT={self.output}",
                               "-P", source / "vendor_uplot.cmake"],
                              capture_output=True, text=True, check=False, timeout=500,
                              env={**os.environ, **environment})

    def package(self, version):
        package = self.directory / "package"
        (package / "dist").mkdir(parents=True)
        (package / "package.json").write_text(json.dumps({"version": version}))
        for name in FILES:
            (package / name).write_text(name)
        return package

    def assert_advises(self, done, about):
        self.assertNotEqual(done.returncode, 0)
        said = " ".join(done.stderr.split())
        for words in (about, "-DSLUICE_UPLOT_DIR=DIRECTORY", "npm ping"):
            self.assertIn(words, said)
        self.assertEqual(list(self.output.glob("*.*")), [])

    def test_an_unpacked_package_needs_no_network(self):
        done = self.vendor(self.package(LOCKED["version"]), PATH=str(self.directory_with_cmake()))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual((self.output / "uPlot.LICENSE.txt").read_text(), "LICENSE")
        self.assertEqual((self.output / "uPlot.iife.min.js").read_text(), "dist/uPlot.iife.min.js")
        self.assertEqual((self.output / "uPlot.min.css").read_text(), "dist/uPlot.min.css")

    def directory_with_cmake(self):
        """All of the PATH that there is: no npm."""
        directory = self.directory / "bin"
        directory.mkdir()
        (directory / "cmake").symlink_to(shutil.which("cmake"))
        return directory

    def test_a_package_of_another_version_is_refused(self):
        self.assert_advises(self.vendor(self.package("0.0.1")), "holds uPlot 0.0.1")

    def test_a_directory_without_a_package_is_refused(self):
        self.assert_advises(self.vendor(self.directory), "holds no package")

    def test_without_npm_it_says_what_to_install(self):
        done = self.vendor(PATH=str(self.directory_with_cmake()))
        self.assert_advises(done, "tools/install build")

    def test_where_nothing_is_cached_nor_reached_it_says_what_to_do(self):
        done = self.vendor(npm_config_offline="true", npm_config_cache=str(self.directory / "cache"))
        self.assert_advises(done, "npm could not fetch uPlot")

    def test_the_lock_file_names_a_checksum_and_no_address(self):
        self.assertRegex(LOCKED["integrity"], r"^sha512-[A-Za-z0-9+/]{86}==$")
        self.assertEqual(LOCKED["license"], "MIT")
        self.assertNotIn("resolved", LOCKED)


if __name__ == "__main__":
    unittest.main()
