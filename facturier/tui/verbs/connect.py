"""facturier connect: connect a Google account, without a browser on this machine."""

import argparse
import contextlib
import threading
from concurrent.futures import Future, InvalidStateError

from facturier.mail.connecting import accept_grant, known_client
from facturier.mail.desk import Desk
from facturier.mail.errors import ConnectError
from facturier.mail.gmail.client import LARGEST, OAuthClient, parse_client
from facturier.mail.gmail.consent import Consent, Grant
from facturier.mail.gmail.loopback import Listener, ssh_line
from facturier.mail.lending import offer_of, take
from facturier.models.errors import InputError
from facturier.models.language import _
from facturier.models.paths import typed_path
from facturier.tui.verbs.shell import DONE, REFUSED, Shell


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--client", metavar="FILE", help=_("the JSON of the company’s OAuth client (type “Desktop app”)")
    )
    parser.add_argument(
        "--like", metavar="COMPANY", help=_("send from the address of this other company file, without a new consent")
    )
    way = parser.add_mutually_exclusive_group()
    way.add_argument("--paste", action="store_true", help=_("only read the pasted address from standard input"))
    way.add_argument(
        "--loopback", action="store_true", help=_("only wait for a browser on this machine or through SSH")
    )


def run(options: argparse.Namespace, shell: Shell) -> int:
    desk = shell.desk()
    if options.like is not None:
        connection = take(desk, offer_of(desk, typed_path(options.like)))
        return _connected(shell, connection.address)
    client = _client(options.client, desk)
    listener = Listener()
    try:
        consent = Consent(client, desk.endpoints, listener.port, clock=desk.clock)
        shell.say(consent.link)
        attempt = _Attempt(consent)
        if not options.paste:
            listener.start(consent.state, attempt.answer)
            shell.tell(_("With this line running on your own computer there is nothing to paste:"))
            shell.tell(f"    {ssh_line(listener.port, shell.environment)}")
        if not options.loopback:
            shell.tell(_("Open the address above, choose Allow, and paste the address of the page that does not load:"))
            # A thread, for standard input cannot be waited for together with the listener; it dies with the process.
            threading.Thread(target=attempt.read, args=(shell,), name="paste", daemon=True).start()
        grant = attempt.wait()
    finally:
        listener.stop()
    if grant is None:
        shell.tell(_("No answer came. Nothing was connected."))
        return REFUSED
    accept_grant(desk, grant)
    return _connected(shell, grant.address)


def _connected(shell: Shell, address: str) -> int:
    shell.say(_("Connected: invoices can now be sent from {address}.").format(address=address))
    return DONE


class _Attempt:
    """The first good answer wins, whichever way it comes."""

    def __init__(self, consent: Consent) -> None:
        self._consent = consent
        self._grant = Future[Grant | None]()

    def answer(self, address: str) -> None:
        """Raises ConnectError where the answer is no good."""
        grant = self._consent.accept(address)
        with contextlib.suppress(InvalidStateError):  # the other way was quicker
            self._grant.set_result(grant)

    def wait(self) -> Grant | None:
        """The grant, None where there were no more addresses to read. Raises what reading them met with."""
        return self._grant.result()

    def read(self, shell: Shell) -> None:
        """Take addresses from standard input, one a line, until one is good or there are no more."""
        with contextlib.suppress(InvalidStateError):
            try:
                self._grant.set_result(self._first_good(shell))
            except Exception as error:  # noqa: BLE001 - raised where it is waited for
                self._grant.set_exception(error)

    def _first_good(self, shell: Shell) -> Grant | None:
        for pasted in shell.stdin:
            try:
                return self._consent.accept(pasted)
            except ConnectError as error:
                shell.tell(str(error))
        return None


def _client(name: str | None, desk: Desk) -> OAuthClient:
    if name is not None:
        try:
            with typed_path(name).open("rb") as file:
                return parse_client(file.read(LARGEST))
        except OSError as error:
            raise InputError(
                _("“{name}” cannot be read: {reason}.").format(name=name, reason=error.strerror)
            ) from error
    if (known := known_client(desk)) is not None:
        return known
    raise InputError(
        _("The company’s OAuth client is not known yet."),
        todo=_("Download its JSON from Google Cloud and name it: facturier connect --client FILE"),
    )
