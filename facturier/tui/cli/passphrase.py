"""facturier passphrase: keep this person's key under a passphrase, or without one; hold it open for a time."""

import argparse
import re
from datetime import timedelta

from facturier.mail.workspace import Desk
from facturier.models.errors import InputError
from facturier.models.text.i18n import _
from facturier.tui.cli.shell import Shell
from facturier.tui.exit_status import DONE
from facturier.tui.formatting import moment

_UNITS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86_400}
_LONGEST = timedelta(days=31)


def add(parser: argparse.ArgumentParser) -> None:
    ways = parser.add_mutually_exclusive_group()
    ways.add_argument("--remove", action="store_true", help=_("keep the key without a passphrase again"))
    ways.add_argument(
        "--hold",
        metavar="TIME",
        type=_time,
        help=_("ask once, and let the system hold the key open for so long (90s, 30m, 8h, 7d), for cron as well"),
    )
    ways.add_argument("--forget", action="store_true", help=_("end that at once"))


def run(options: argparse.Namespace, shell: Shell) -> int:
    desk = shell.desk()
    if options.forget:
        held = desk.lock()
        shell.say(_("Your key is held open no more.") if held else _("Your key was not held open."))
        if held:
            shell.say(_("Windows that are open keep it until they end."))
        return DONE
    desk.unlock(shell.passphrase)  # whoever finds it held open must still know the passphrase
    if options.hold:
        until = desk.hold(options.hold)
        shell.say(_("Your key is held open until {when}.").format(when=moment(until)))
        return DONE
    desk.set_passphrase("" if options.remove else _new(desk, shell))
    shell.say(_("Your key is now {where}.").format(where=desk.identity.where))
    return DONE


def _new(desk: Desk, shell: Shell) -> str:
    """The new passphrase, typed twice. Raises InputError."""
    kept = _("Your key is {where}, as it was.").format(where=desk.identity.where)
    new = shell.ask_secret(_("New passphrase: "))
    if not new:
        raise InputError(_("The passphrase is empty."), kept=kept)
    if shell.ask_secret(_("Once more: ")) != new:
        raise InputError(_("The two are not the same."), kept=kept)
    return new


def _time(text: str) -> timedelta:
    """Parse `8h`. Raises ArgumentTypeError."""
    found = re.fullmatch(r"(\d{1,9})([smhd]?)", text)
    time = timedelta(seconds=int(found[1]) * _UNITS[found[2]]) if found else timedelta()
    if not timedelta() < time <= _LONGEST:
        raise argparse.ArgumentTypeError(_("a time as in 90s, 30m, 8h or 7d, of 31 days at most"))
    return time
