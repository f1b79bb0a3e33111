"""What every verb is given: the company, the streams, and how things are said."""

import codecs
import contextlib
import io
import json
import os
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from facturier.mail.locations import Locations
from facturier.models.company.recent import recent_companies
from facturier.models.errors import FacturierError
from facturier.models.store.backups.backups import open_kept
from facturier.models.store.store import Clock, Store, utc_now
from facturier.models.text.clean import clean, clean_lines
from facturier.models.text.i18n import _
from facturier.tui.terminal.exit_status import REFUSED

if TYPE_CHECKING:
    from facturier.mail.workspace import Workspace
from facturier.tui.terminal.signals import on_first_signal

# Exit statuses; argparse gives wrong usage its own 2.


@dataclass(frozen=True)
class Shell:
    """Where a verb runs. `company` is the path that was given, or None for the one opened last."""

    locations: Locations
    company: Path | None = None
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ)
    clock: Clock = utc_now
    stdin: TextIO = field(default_factory=lambda: sys.stdin)
    stdout: TextIO = field(default_factory=lambda: sys.stdout)
    stderr: TextIO = field(default_factory=lambda: sys.stderr)
    lost: list[OSError] = field(default_factory=list)  # why some of the output reached nobody
    opened: list[Store] = field(default_factory=list)

    def knows_company(self) -> bool:
        """Whether a company was named, or one was opened before."""
        return self.company is not None or bool(recent_companies(self.locations.data))

    def path(self) -> Path:
        """The company file. Raises FacturierError where none was named and none is known."""
        if self.company is not None:
            return self.company
        if known := recent_companies(self.locations.data):
            return known[0]
        raise FacturierError(
            _("Which company?"),
            todo=_(
                "Name its file with --company PATH. To create one: facturier new PATH --name NAME "
                "--email ADDRESS. To try the demo first: facturier practice"
            ),
        )

    def workspace(self, *, screens: bool = False, looking: bool = False) -> "Workspace":
        """This person at the company. The screens ask for a passphrase themselves. Who is only `looking` needs no
        simulator for the demo company. Raises FacturierError."""
        from facturier.mail.google.endpoints import google_endpoints
        from facturier.mail.open_workspace import open_workspace

        store = open_kept(self.path(), self.locations.copies, clock=self.clock)
        self.opened.append(store)
        ask = None if screens else self.passphrase
        endpoints = google_endpoints(self.environment)
        with store.reading():
            # The app recognises the company behind its first screen.
            return open_workspace(
                store, self.locations, endpoints, ask_passphrase=ask, looking=looking, recognise=not screens
            )

    def say(self, text: str = "") -> None:
        """Print text, which may hold data: control characters never reach the terminal."""
        self._write(clean_lines(text))

    def tell(self, text: str) -> None:
        """Tell the person something that is not the verb's output."""
        with contextlib.suppress(OSError):  # a closed stream must not stop the work
            print(clean_lines(text), file=self.stderr, flush=True)

    def say_json(self, value: object) -> None:
        ascii_only = codecs.lookup(self.stdout.encoding or "utf-8").name != "utf-8"
        self._write(json.dumps(value, ensure_ascii=ascii_only, indent=2))

    def write(self, text: str) -> None:
        """Write a part of what is a file for programs: as it is, and in UTF-8 whatever the locale."""
        if isinstance(self.stdout, io.TextIOWrapper) and self.stdout.encoding != "utf-8":
            self.stdout.reconfigure(encoding="utf-8")
        self._write(text, end="")

    def _write(self, text: str, end: str = "\n") -> None:
        """Output that cannot be written is reported once, and the work continues: what was sent was sent."""
        if self.lost:
            return
        try:
            print(text, end=end, file=self.stdout, flush=True)
        except OSError as error:
            self.lost.append(error)
            with contextlib.suppress(OSError):  # the rest of it must not fail again at the end
                os.dup2(os.open(os.devnull, os.O_WRONLY), self.stdout.fileno())
            if not isinstance(error, BrokenPipeError):  # there the reader has had enough
                self.tell(_("facturier: cannot write output: {reason}.").format(reason=error.strerror))

    def tell_damage(self) -> None:
        """Name the rows of the company file that could not be read."""
        from facturier.tui.errors.next_steps import full_text

        for store in self.opened:
            for error in store.damaged.values():
                self.tell(f"facturier: {clean(full_text(error, command_line=True))}")

    def fail(self, error: FacturierError) -> int:
        from facturier.tui.errors.next_steps import full_text

        self.tell(f"facturier: {clean(full_text(error, command_line=True))}")
        return REFUSED

    def ask_secret(self, prompt: str) -> str:
        """What the person types at the terminal without its being shown. Raises WrongPassphrase where there is none."""
        import getpass

        from facturier.mail.errors import WrongPassphrase

        try:
            os.close(os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY))  # else getpass would show it, or take our input
        except OSError:
            raise WrongPassphrase(
                _("Your key is protected by a passphrase, and there is no terminal to enter it in."),
                kept=_("Everything except sending works without it."),
                todo=_(
                    "Run it in a terminal, keep the key unlocked for a while with facturier passphrase "
                    "--hold 8h, or remove the passphrase with facturier passphrase --remove"
                ),
            ) from None
        return getpass.getpass(prompt)

    def passphrase(self) -> str:
        """The one of this person's key. Raises WrongPassphrase."""
        return self.ask_secret(_("Passphrase of your key: "))


def stop_on_signals(stop: threading.Event) -> None:
    """The first of them sets `stop`. What is under way then ends within moments, with a true state."""
    on_first_signal(lambda _number: stop.set())
