"""Run the whole program as its users do."""

import os
import shlex
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.whole.loaded import read_at_start, run_loaded

ROOT = Path(__file__).parent.parent.parent


@dataclass(frozen=True)
class Program:
    """`facturier` on this machine for one person, whose own files are in `home`."""

    home: Path
    google: str = ""
    company: Path | None = None
    more: Mapping[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("FACTURIER", "LC_", "LANG"))}
        found = {
            **kept,
            "PYTHONPATH": str(ROOT),
            "PYTHONWARNINGS": "error",
            "FACTURIER_HOME": str(self.home),
            "LANG": "en_CA.UTF-8",
            "PYTHONUTF8": "1",
            **self.more,
        }
        if self.google:
            found["FACTURIER_GOOGLE"] = self.google
        if self.company:
            found["FACTURIER_COMPANY"] = str(self.company)
        return found

    @property
    def command(self) -> list[str]:
        """The arguments for Python."""
        return ["-m", "facturier"]

    def start(self, *arguments: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, *self.command, *arguments],
            env=self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,  # without a terminal, as from cron
        )

    def shell(self, arguments: str, redirection: str) -> "subprocess.CompletedProcess[str]":
        """Run it in a shell with redirected streams. The status is that of the program."""
        command = f"set -o pipefail; {shlex.join([sys.executable, *self.command])} {arguments} {redirection}"
        return subprocess.run(
            ["bash", "-c", command],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=180,
            start_new_session=True,
            check=False,
        )

    def run(self, *arguments: str, stdin: str = "") -> "subprocess.CompletedProcess[str]":
        """A command runs in a process that has loaded the program already, if it is the program as it is."""
        if type(self).command is Program.command and not read_at_start(self.more):
            return run_loaded(arguments, self.environment, stdin)
        process = self.start(*arguments)
        out, err = process.communicate(stdin, timeout=180)
        return subprocess.CompletedProcess(arguments, process.returncode, out, err)

    def good(self, *arguments: str, stdin: str = "") -> str:
        """Run it, check that it succeeds, and return its output."""
        done = self.run(*arguments, stdin=stdin)
        assert done.returncode == 0, f"{arguments}: {done.stdout}{done.stderr}"
        return done.stdout
