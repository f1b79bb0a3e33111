"""facturier connect: connect a Google account, without a browser on this machine."""

import argparse
import contextlib
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, InvalidStateError
from queue import SimpleQueue
from typing import TextIO

from facturier.mail.errors import ConnectError
from facturier.mail.google.client import LARGEST, OAuthClient, parse_client
from facturier.mail.google.connection import accept_grant, known_client, replaced_by, replacing_words
from facturier.mail.google.consent import Consent, Grant
from facturier.mail.google.loopback import Listener, ssh_line
from facturier.mail.google.shared_address import offer_of, take
from facturier.mail.workspace import Workspace
from facturier.models.errors import InputError
from facturier.models.text.i18n import _
from facturier.models.text.paths import typed_path
from facturier.models.text.search_text import fold
from facturier.tui.cli.shell import Shell
from facturier.tui.terminal.exit_status import DONE, REFUSED

_YES = ("y", "yes", "o", "oui")
_LONGEST_LINE = 64 * 1024  # characters: the address of a page has less than a tenth of that


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--client", metavar="FILE", help=_("the JSON of the company’s OAuth client (type “Desktop app”)")
    )
    parser.add_argument(
        "--like", metavar="COMPANY", help=_("send from the address of this other company file, without a new consent")
    )
    parser.add_argument("--replace", action="store_true", help=_("replace the connected Gmail address without asking"))
    way = parser.add_mutually_exclusive_group()
    way.add_argument("--paste", action="store_true", help=_("only read the pasted address from standard input"))
    way.add_argument(
        "--loopback", action="store_true", help=_("only wait for a browser on this machine or through SSH")
    )


def run(options: argparse.Namespace, shell: Shell) -> int:
    ws = shell.workspace()
    if options.like is not None:
        offer = offer_of(ws, typed_path(options.like))
        before = replaced_by(ws, offer.address)
        if before and not (
            options.replace or _agrees(shell, before, offer.address, lambda: shell.stdin.readline(_LONGEST_LINE))
        ):
            return REFUSED
        return _connected(shell, take(ws, offer, replacing=before).address)
    client = _client(options.client, ws, shell)
    listener = Listener()
    try:
        consent = Consent(client, ws.endpoints, listener.port, clock=ws.clock)
        shell.say(consent.link)
        attempt = _Attempt(consent)
        if not options.paste:
            listener.start(consent.state, attempt.answer)
            shell.tell(_("To connect without pasting, run this command on your own computer:"))
            shell.tell(f"    {ssh_line(listener.port, shell.environment)}")
        if not options.loopback:
            shell.tell(_("Open the address above, choose Allow, and paste the address of the page that does not load:"))
            # Standard input cannot be waited for together with the listener.
            attempt.start_reading(shell)
        grant = attempt.wait()
    finally:
        listener.stop()
    if grant is None:
        shell.tell(_("No answer arrived. Nothing was connected."))
        return REFUSED
    before = replaced_by(ws, grant.address)
    if before and not (options.replace or _agrees(shell, before, grant.address, lambda: attempt.line(shell))):
        return REFUSED
    accept_grant(ws, grant, replacing=before)
    return _connected(shell, grant.address)


def _agrees(shell: Shell, before: str, address: str, answer: Callable[[], str]) -> bool:
    """Whether the person wants the address that is connected to be replaced."""
    question, does = replacing_words(before, address)
    shell.tell(f"{question} {does} [y/N]")
    if fold(answer().strip()) in _YES:
        return True
    shell.tell(
        _("{address} is still connected. To replace it without confirmation, add --replace.").format(address=before)
    )
    return False


def _connected(shell: Shell, address: str) -> int:
    shell.say(_("Connected. Invoices can now be sent from {address}.").format(address=address))
    return DONE


class _Attempt:
    """The first good answer wins, whichever way it comes. Lines that are typed after it are answers to a question."""

    def __init__(self, consent: Consent) -> None:
        self._consent = consent
        self._grant = Future[Grant | None]()
        self._lines: SimpleQueue[str] = SimpleQueue()
        self._reading = False

    def answer(self, address: str) -> None:
        """Raises ConnectError where the answer is no good."""
        grant = self._consent.accept(address)
        with contextlib.suppress(InvalidStateError):  # the other way was quicker
            self._grant.set_result(grant)

    def wait(self) -> Grant | None:
        """The grant, None where there were no more addresses to read. Raises what reading them met with."""
        return self._grant.result()

    def start_reading(self, shell: Shell) -> None:
        """Read standard input, in a thread that dies with the process."""
        self._reading = True
        threading.Thread(target=self._read, args=(shell,), name="paste", daemon=True).start()

    def line(self, shell: Shell) -> str:
        """The next line that is typed, empty where there are no more."""
        if not self._reading:
            self.start_reading(shell)
        return self._lines.get()

    def _read(self, shell: Shell) -> None:
        """Take addresses, one a line, until one is good or there are no more."""
        with contextlib.suppress(InvalidStateError):
            try:
                for line in _lines(shell.stdin):
                    self._take(shell, line)
                self._lines.put("")
                self._grant.set_result(None)
            except Exception as error:  # noqa: BLE001 - raised where it is waited for
                self._lines.put("")
                self._grant.set_exception(error)

    def _take(self, shell: Shell, line: str) -> None:
        if self._grant.done():
            self._lines.put(line)
            return
        try:
            self.answer(line)
        except ConnectError as error:
            shell.tell(str(error))


def _lines(stream: TextIO) -> Iterator[str]:
    """Each line, up to one that nobody typed: there may be no end to it."""
    while (line := stream.readline(_LONGEST_LINE)) and (line.endswith("\n") or len(line) < _LONGEST_LINE):
        yield line


def _client(name: str | None, ws: Workspace, shell: Shell) -> OAuthClient:
    if name == "-":
        return parse_client(shell.stdin.read(LARGEST))
    if name is not None:
        try:
            with typed_path(name).open("rb") as file:
                return parse_client(file.read(LARGEST))
        except OSError as error:
            raise InputError(_("Cannot read “{name}”: {reason}.").format(name=name, reason=error.strerror)) from error
    if (known := known_client(ws)) is not None:
        return known
    raise InputError(
        _("The company’s OAuth client is not set up yet."),
        todo=_("Download its JSON from Google Cloud, then run: facturier connect --client FILE"),
    )
