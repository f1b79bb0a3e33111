"""facturier post: create the recurring invoices and automatic reminders that are due, and send what is in the outbox;
for cron and systemd."""

import argparse
from dataclasses import dataclass, field

from facturier.mail.notices.automatic import run_reminders
from facturier.mail.senders.access import blocker
from facturier.mail.sending.postman import Postman
from facturier.mail.sending.recurring import run_recurring
from facturier.mail.sending.rounds import postman
from facturier.mail.vault.permission import refusal
from facturier.mail.workspace import Workspace
from facturier.models.errors import NotACompany
from facturier.models.outbox.deliveries import in_doubt, unfinished
from facturier.models.outbox.pauses import paused_by
from facturier.models.text.i18n import _, ngettext
from facturier.tui.cli.shell import Shell, stop_on_signals
from facturier.tui.errors.faults import as_problem
from facturier.tui.terminal.exit_status import DONE, REFUSED
from facturier.tui.words.recurring import command_lines
from facturier.tui.words.reminders import waiting_words

_EVERY = 2.0  # seconds between two looks at the outbox


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--watch", action="store_true", help=_("keep running and send new messages until stopped"))
    parser.add_argument(
        "--catch-up", action="store_true", help=_("create recurring invoices even if several dates were missed")
    )


def run(options: argparse.Namespace, shell: Shell) -> int:
    ws = shell.workspace()
    if (refused := refusal(ws)) is not None:
        raise refused
    stop_on_signals(ws.stop)
    post = postman(ws)
    rounds = _Rounds(ws, post, shell, catch_up=None if options.catch_up else ())
    if not options.watch:
        rounds.create()
        return _report(ws, shell, post.deliver())
    # Open all the while, so that nobody puts another file in its place: see `restore`.
    with ws.store.reading():
        tried = rounds.deliver()
        while not ws.stop.wait(_EVERY):
            tried += rounds.deliver()
    return _report(ws, shell, tried)


@dataclass
class _Rounds:
    """Rounds of a postman that goes on whatever a round meets, such as a disk that is full for a while."""

    ws: Workspace
    postman: Postman
    shell: Shell
    catch_up: tuple[int, ...] | None
    told: str = field(default="", init=False)
    said: set[str] = field(default_factory=set, init=False)

    def create(self) -> None:
        """Create the recurring invoices and reminders that are due, and print them.

        Schedules that wait for a person are named once a day.
        """
        ran = run_recurring(self.ws, catch_up=self.catch_up, at_once=True)
        today = self.ws.today()
        ran.waiting = [one for one in ran.waiting if self._new(f"{one.id} {today}")]
        said, told = command_lines(ran, today)
        for line in said:
            self.shell.say(line)
        for line in told:
            self.shell.tell(line)
        for problem in ran.problems:
            if self._new(str(as_problem(problem))):
                self.shell.fail(as_problem(problem))
        self._remind()

    def _remind(self) -> None:
        """Queue the reminders that are sent automatically, and print them."""
        reminded = run_reminders(self.ws, at_once=True)
        for delivery in reminded.queued:
            self.shell.say(_("{number}: reminder is in the outbox.").format(number=delivery.number))
        words = waiting_words(reminded)
        if words and self._new(f"{words} {self.ws.today()}"):
            self.shell.tell(words)

    def _new(self, said: str) -> bool:
        if said in self.said:
            return False
        self.said.add(said)
        return True

    def deliver(self) -> int:
        """How many deliveries were tried. An error is reported once. Raises NotACompany when the file is gone."""
        try:
            self.create()
            tried = self.postman.deliver()
        except NotACompany:
            raise  # the file is gone, and a postman that waits for it would look as if it worked
        except Exception as error:  # noqa: BLE001 - logged there
            problem = as_problem(error)
            if str(problem) != self.told:
                self.told = str(problem)
                self.shell.fail(problem)
            return 0
        self.told = ""
        return tried


def _report(ws: Workspace, shell: Shell, tried: int) -> int:
    left, doubtful = unfinished(ws.store), len(in_doubt(ws.store))
    waiting = len(left)
    shell.say(ngettext("{n} delivery tried.", "{n} deliveries tried.", tried).format(n=tried))
    if waiting:
        shell.say(
            ngettext("{n} is still waiting in the outbox.", "{n} are still waiting in the outbox.", waiting).format(
                n=waiting
            )
        )
    barred = {blocker(ws, sender_kind) for sender_kind in {delivery.sender_kind for delivery in left}}
    for problem in {str(found) for found in barred if found}:
        shell.tell(problem)
    if (paused := paused_by(ws.store)) is not None:
        shell.tell(_("The outbox was paused by {user}. “facturier outbox --resume” resumes it.").format(user=paused))
    if doubtful:
        shell.tell(
            ngettext(
                "{n} is in doubt: see “facturier alerts”.", "{n} are in doubt: see “facturier alerts”.", doubtful
            ).format(n=doubtful)
        )
    return REFUSED if doubtful and tried else DONE
