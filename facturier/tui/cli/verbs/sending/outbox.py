"""facturier outbox: list the waiting deliveries, and pause or resume sending."""

import argparse
from datetime import datetime

from facturier.models.books.status import DeliveryKind, State
from facturier.models.outbox.deliveries import in_doubt, unfinished
from facturier.models.outbox.delivery import Delivery
from facturier.models.outbox.pauses import pause_outbox, paused_by, resume_outbox
from facturier.models.text.i18n import _
from facturier.tui.cli.shell import Shell
from facturier.tui.terminal.exit_status import DONE
from facturier.tui.words.formatting import moment
from facturier.tui.words.notices import filed_under, notice_word
from facturier.tui.words.states import state_word


def add(parser: argparse.ArgumentParser) -> None:
    change = parser.add_mutually_exclusive_group()
    change.add_argument("--pause", action="store_true", help=_("pause all sending, in every window, until --resume"))
    change.add_argument("--resume", action="store_true", help=_("resume sending"))
    parser.add_argument("--json", action="store_true", help=_("as JSON, for programs"))


def run(options: argparse.Namespace, shell: Shell) -> int:
    store = shell.workspace(looking=True).store
    if options.pause:
        pause_outbox(store)
    if options.resume:
        resume_outbox(store)
    with store.reading():
        deliveries = [*unfinished(store), *in_doubt(store)]
        paused = paused_by(store)
    if options.json:
        shell.say_json({"paused_by": paused, "deliveries": [as_object(delivery) for delivery in deliveries]})
        return DONE
    for delivery in deliveries:
        shell.say(as_text(delivery, store.clock()))
    if paused is not None:
        shell.tell(_("The outbox was paused by {user}. “facturier outbox --resume” resumes it.").format(user=paused))
    elif not deliveries:
        shell.tell(_("The outbox is empty."))
    return DONE


def as_object(delivery: Delivery) -> dict[str, object]:
    """One delivery for programs."""
    return {
        "id": delivery.id,
        "invoice": delivery.invoice_id,
        "number": delivery.number,
        "state": str(delivery.state),
        "from": delivery.envelope.sender,
        "to": list(delivery.envelope.to),
        "cc": list(delivery.envelope.cc),
        "bcc": list(delivery.envelope.bcc),
        "not_before": delivery.not_before.isoformat(),
        "problem": delivery.problem,
        "kind": str(delivery.kind),
    }


def as_text(delivery: Delivery, now: datetime) -> str:
    """One delivery on a line: `42  failed  a@b.example  550 …`, `43  queued  a@b.example  scheduled 25 Nov 2026 01:00`.

    Notices such as reminders name their kind after the number. It shows when the message will be sent, because
    `--at 1:00` means tomorrow once one o’clock has passed.
    """
    parts = [state_word(delivery.state), ", ".join(delivery.envelope.to)]
    if delivery.kind is not DeliveryKind.INVOICE:
        parts.insert(0, notice_word(delivery).lower())
    if number := filed_under(delivery):
        parts.insert(0, number)
    if delivery.state is State.QUEUED and delivery.not_before > now:
        parts.append(_("scheduled {moment}").format(moment=moment(delivery.not_before)))
    if delivery.problem:
        parts.append(delivery.problem)
    return "  ".join(parts)
