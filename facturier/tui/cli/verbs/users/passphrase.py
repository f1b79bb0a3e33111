"""facturier passphrase: keep this person's key under a passphrase, or without one; hold it open for a time."""

import argparse
import re
from datetime import timedelta

from facturier.mail.workspace import Workspace
from facturier.models.errors import InputError
from facturier.models.text.i18n import _
from facturier.tui.cli.shell import Shell
from facturier.tui.terminal.exit_status import DONE
from facturier.tui.words.formatting import moment

_UNITS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86_400}
_LONGEST = timedelta(days=31)


def add(parser: argparse.ArgumentParser) -> None:
    ways = parser.add_mutually_exclusive_group()
    ways.add_argument("--remove", action="store_true", help=_("remove the passphrase from the key"))
    ways.add_argument(
        "--hold",
        metavar="TIME",
        type=_time,
        help=_("ask once, then keep the key unlocked for this long (90s, 30m, 8h, 7d), also for cron"),
    )
    ways.add_argument("--forget", action="store_true", help=_("lock the key again now"))


def run(options: argparse.Namespace, shell: Shell) -> int:
    ws = shell.workspace()
    if options.forget:
        held = ws.keys.lock()
        shell.say(_("Your key is locked again.") if held else _("Your key was not unlocked."))
        if held:
            shell.say(_("In open windows it stays unlocked until they are closed."))
        return DONE
    ws.keys.unlock(shell.passphrase)  # a key that is held open must not be enough to change its passphrase
    if options.hold:
        until = ws.keys.hold(options.hold)
        shell.say(_("Your key stays unlocked until {when}.").format(when=moment(until)))
        return DONE
    ws.keys.set_passphrase("" if options.remove else _new(ws, shell))
    shell.say(_("Your key is now {where}.").format(where=ws.keys.identity.where))
    return DONE


def _new(ws: Workspace, shell: Shell) -> str:
    """The new passphrase, typed twice. Raises InputError."""
    kept = _("Your key is {where}. This did not change.").format(where=ws.keys.identity.where)
    new = shell.ask_secret(_("New passphrase: "))
    if not new:
        raise InputError(_("The passphrase is empty."), kept=kept)
    if shell.ask_secret(_("Repeat: ")) != new:
        raise InputError(_("The passphrases do not match."), kept=kept)
    return new


def _time(text: str) -> timedelta:
    """Parse `8h`. Raises ArgumentTypeError."""
    found = re.fullmatch(r"(\d{1,9})([smhd]?)", text)
    time = timedelta(seconds=int(found[1]) * _UNITS[found[2]]) if found else timedelta()
    if not timedelta() < time <= _LONGEST:
        raise argparse.ArgumentTypeError(_("a duration such as 90s, 30m, 8h or 7d, at most 31 days"))
    return time
