"""facturier bounce: hand in a message that came back, or say what it says."""

import argparse

from facturier.mail.bounces.incoming_mail import LARGEST
from facturier.mail.bounces.record import hand_in, record_bounce
from facturier.mail.errors import UnreadBounce
from facturier.models.errors import InputError
from facturier.models.text.i18n import _
from facturier.models.text.paths import typed_path
from facturier.tui.cli.shell import Shell
from facturier.tui.terminal.exit_status import DONE, WRONG_USAGE

_LONGEST = 2 * LARGEST  # bytes: it may be saved in UTF-16


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "file", metavar="FILE", nargs="?", default="", help=_("the whole bounced email; standard input if “-”")
    )
    parser.add_argument("--invoice", metavar="REF", help=_("the invoice that bounced, if the email cannot be read"))
    parser.add_argument("--address", metavar="A", default="", help=_("the address that bounced"))
    parser.add_argument("--reason", metavar="TEXT", default="", help=_("what the email says; saved in the history"))


def run(options: argparse.Namespace, shell: Shell) -> int:
    said = bool(options.address or options.reason)
    if (said and options.invoice is None) or (options.invoice is not None and (options.file or not options.reason)):
        shell.tell(_("Give either FILE, or --invoice REF --address A --reason TEXT."))
        return WRONG_USAGE
    store = shell.workspace(looking=True).store
    if options.invoice is not None:
        recorded = [record_bounce(store, options.invoice, options.address, options.reason)]
    else:
        try:
            recorded = hand_in(store, _read(options.file or "-", shell))
        except UnreadBounce as error:
            error.todo = _(
                "Give the whole email with its headers (“Show original” in Gmail), or record what it "
                "says with: facturier bounce --invoice REF --address A --reason TEXT"
            )
            raise
    for delivery, recipients in recorded:
        for address, reason in recipients.items():
            shell.say(f"{delivery.number}  {delivery.state}  {address}  {reason}".rstrip())
    return DONE


def _read(name: str, shell: Shell) -> bytes:
    if name == "-":
        # Mail is bytes; what the terminal's encoding would make of it is not.
        raw = getattr(shell.stdin, "buffer", None)
        return raw.read(_LONGEST) if raw is not None else shell.stdin.read(_LONGEST).encode(errors="replace")
    try:
        with typed_path(name).open("rb") as file:
            return file.read(_LONGEST)
    except OSError as error:
        raise InputError(_("Cannot read “{path}”: {reason}.").format(path=name, reason=error.strerror)) from error
