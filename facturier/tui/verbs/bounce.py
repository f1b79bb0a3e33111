"""facturier bounce: hand in a message that came back."""

import argparse

from facturier.mail.bouncing import hand_in
from facturier.models.errors import InputError
from facturier.models.language import _
from facturier.models.paths import typed_path
from facturier.tui.verbs.shell import DONE, Shell


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "file", metavar="FILE", nargs="?", default="-", help=_("the whole mail that came back; standard input if “-”")
    )


def run(options: argparse.Namespace, shell: Shell) -> int:
    desk = shell.desk(looking=True)
    delivery, recipients = hand_in(desk.store, _read(options.file, shell))
    for address, reason in recipients.items():
        shell.say(f"{delivery.number}  {delivery.state}  {address}  {reason}".rstrip())
    return DONE


def _read(name: str, shell: Shell) -> bytes:
    if name == "-":
        # Mail is bytes; what the terminal's encoding would make of it is not.
        raw = getattr(shell.stdin, "buffer", None)
        return raw.read() if raw is not None else shell.stdin.read().encode(errors="replace")
    try:
        return typed_path(name).read_bytes()
    except OSError as error:
        raise InputError(_("“{path}” cannot be read: {reason}.").format(path=name, reason=error.strerror)) from error
