"""facturier post: deliver what the outbox holds; for cron and systemd."""

import argparse

from facturier.models.deliveries import in_doubt, unfinished
from facturier.models.errors import LockedCompany, NoRoom
from facturier.models.language import _, ngettext
from facturier.models.pausing import paused_by
from facturier.tui.verbs.shell import DONE, REFUSED, Shell
from facturier.tui.verbs.stopping import stop_on_signals

_EVERY = 2.0  # seconds between two looks at the outbox


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--watch", action="store_true", help=_("stay, and deliver whatever comes, until stopped"))


def run(options: argparse.Namespace, shell: Shell) -> int:
    desk = shell.desk()
    stop = stop_on_signals()
    postman = desk.postman(stop=stop)
    tried = postman.deliver()
    trouble = ""
    while options.watch and not stop.wait(_EVERY):
        try:
            tried += postman.deliver()
            trouble = ""
        except (LockedCompany, NoRoom) as error:  # it may pass, and nothing is forgotten
            if str(error) != trouble:
                trouble = str(error)
                shell.tell(trouble)
    left, doubtful = unfinished(desk.store), len(in_doubt(desk.store))
    waiting = len(left)
    shell.say(ngettext("{n} delivery tried.", "{n} deliveries tried.", tried).format(n=tried))
    if waiting:
        shell.say(
            ngettext("{n} still waits in the outbox.", "{n} still wait in the outbox.", waiting).format(n=waiting)
        )
    for barrier in {str(found) for way in {delivery.way for delivery in left} if (found := desk.barrier(way))}:
        shell.tell(barrier)
    if (paused := paused_by(desk.store)) is not None:
        shell.tell(_("The outbox is paused by {user}: “facturier outbox --resume” lets it go on.").format(user=paused))
    if doubtful:
        shell.tell(
            ngettext(
                "{n} is in doubt: see “facturier alerts”.", "{n} are in doubt: see “facturier alerts”.", doubtful
            ).format(n=doubtful)
        )
    return REFUSED if doubtful and tried else DONE
