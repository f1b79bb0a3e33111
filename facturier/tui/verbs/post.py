"""facturier post: deliver what the outbox holds; for cron and systemd."""

import argparse
import signal
import threading

from facturier.models.deliveries import in_doubt, unfinished
from facturier.models.language import _, ngettext
from facturier.tui.verbs.shell import DONE, REFUSED, Shell

_EVERY = 2.0  # seconds between two looks at the outbox


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--watch", action="store_true", help=_("stay, and deliver whatever comes, until stopped"))


def run(options: argparse.Namespace, shell: Shell) -> int:
    desk = shell.desk()
    stop = threading.Event()
    if options.watch:
        # The delivery under way is finished before the process ends.
        for name in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(name, lambda _number, _frame: stop.set())
    postman = desk.postman(stop=stop)
    tried = postman.deliver()
    while options.watch and not stop.wait(_EVERY):
        tried += postman.deliver()
    waiting, doubtful = len(unfinished(desk.store)), len(in_doubt(desk.store))
    shell.say(ngettext("{n} delivery tried.", "{n} deliveries tried.", tried).format(n=tried))
    if waiting:
        shell.say(
            ngettext("{n} still waits in the outbox.", "{n} still wait in the outbox.", waiting).format(n=waiting)
        )
    if doubtful:
        shell.tell(
            ngettext(
                "{n} is in doubt: see “facturier alerts”.", "{n} are in doubt: see “facturier alerts”.", doubtful
            ).format(n=doubtful)
        )
    return REFUSED if doubtful and tried else DONE
