"""facturier send: queue invoices, deliver them, report each."""

import argparse
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from facturier.mail.senders.registry import sender_type
from facturier.mail.sending.batch import Checked, blockers, check, to_send, with_domains
from facturier.mail.sending.checks.addresses import DomainChecker
from facturier.mail.sending.checks.checks import Finding, daily_limit
from facturier.mail.sending.compose import compose
from facturier.mail.sending.prepare import prepare
from facturier.mail.sending.queue import queue
from facturier.mail.sending.rounds import postman
from facturier.mail.workspace import Workspace
from facturier.models.books.invoices import find_invoice, get_invoice
from facturier.models.books.status import State
from facturier.models.errors import FacturierError, StoreError
from facturier.models.listing.view import InvoiceFilter, View
from facturier.models.outbox.deliveries import get_delivery
from facturier.models.outbox.delivery import Delivery, Envelope, SenderKind
from facturier.models.outbox.pauses import paused_by
from facturier.models.outbox.schedule import next_due
from facturier.models.text.clean import clean
from facturier.models.text.dates.times import parse_moment
from facturier.models.text.i18n import _, labelled
from facturier.models.text.money import Money
from facturier.tui.cli.shell import Shell, stop_on_signals
from facturier.tui.cli.verbs.sending.outbox import as_object, as_text
from facturier.tui.errors.faults import as_problem
from facturier.tui.terminal.exit_status import DONE, REFUSED
from facturier.tui.words.formatting import with_currency
from facturier.tui.words.states import state_word

# How long to wait for another postman that has taken one of these deliveries.
_PATIENCE = timedelta(seconds=60)
# The longest wait that Gmail's pace can ask for; whatever waits longer waits for something else.
_PACE = timedelta(seconds=70)
_GOING = (State.CLAIMED, State.HANDING_OVER)


def add(parser: argparse.ArgumentParser) -> None:
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument(
        "refs", type=clean, metavar="REF", nargs="*", default=[], help=_("invoice numbers, or @ids of drafts")
    )
    which.add_argument(
        "--status",
        choices=[str(show) for show in InvoiceFilter],
        help=_("all invoices with this status that can be sent, oldest first"),
    )
    parser.add_argument(
        "--search",
        type=clean,
        default="",
        metavar="TEXT",
        help=_("with --status: only invoices that contain all these words"),
    )
    parser.add_argument("--dry-run", action="store_true", help=_("show what would happen to each, and send nothing"))
    parser.add_argument(
        "--from",
        dest="sender_kind",
        choices=[str(sender_kind) for sender_kind in SenderKind],
        help=_("the sender to use"),
    )
    parser.add_argument("--at", metavar="TIME", help=_("not before this time, such as 16:30 or 2026-12-24T08:00"))
    parser.add_argument(
        "--queue-only", action="store_true", help=_("only queue them; “facturier post” sends them later")
    )
    parser.add_argument("--yes", action="store_true", help=_("send despite warnings"))
    parser.add_argument("--again", action="store_true", help=_("also send to addresses that already got the invoice"))
    parser.add_argument("--json", action="store_true", help=_("as JSON, for programs"))


def run(options: argparse.Namespace, shell: Shell) -> int:
    ws = shell.workspace()
    now = ws.clock().astimezone()
    when = parse_moment(options.at, now) if options.at else now
    found = dict(_invoices(ws, shell, options))
    status = DONE if len(found) == len(set(options.refs)) or options.status else REFUSED
    if options.dry_run:
        ready = dry_run(ws, shell, tuple(found.values()), options, when)
        return status if ready else REFUSED
    queued = []
    for ref, invoice_id in found.items():
        try:
            queued.append(_queue(ws, shell, ref, invoice_id, options, when))
        except Exception as error:  # noqa: BLE001 - logged there; the others are still sent
            status = REFUSED
            shell.tell(labelled(ref, as_problem(error)))
    envelopes: dict[SenderKind, list[Envelope]] = {}
    for delivery in queued:
        envelopes.setdefault(delivery.sender_kind, []).append(delivery.envelope)
    tell_limit(ws, shell, envelopes)
    leave = options.queue_only or options.at
    objects = []
    for delivery in queued if leave else delivered(ws, shell, queued):
        if options.json:
            objects.append(as_object(delivery))
        else:
            shell.say(as_text(delivery, ws.clock()))
        if not leave and delivery.state is not State.SENT:
            status = REFUSED
    if options.json:
        shell.say_json(objects)
    if not leave and (paused := paused_by(ws.store)) is not None:
        shell.tell(_("The outbox was paused by {user}. “facturier outbox --resume” resumes it.").format(user=paused))
    return status


def _invoices(ws: Workspace, shell: Shell, options: argparse.Namespace) -> Iterator[tuple[str, int]]:
    """What each is called by, and its id."""
    if options.status:
        for row in to_send(ws.store, View(InvoiceFilter(options.status), options.search), ws.today()):
            yield row.number or f"@{row.id}", row.id
        return
    for ref in dict.fromkeys(options.refs):
        try:
            invoice = find_invoice(ws.store, ref)
        except StoreError as error:
            shell.tell(labelled(ref, error))
        else:
            assert invoice.id is not None
            yield ref, invoice.id


def _queue(
    ws: Workspace, shell: Shell, ref: str, invoice_id: int, options: argparse.Namespace, when: datetime
) -> Delivery:
    composition = compose(ws, invoice_id)
    if options.sender_kind:
        composition = replace(composition, sender_kind=SenderKind(options.sender_kind))
    prepared = prepare(ws, invoice_id, composition, sent=when)
    for finding in prepared.findings:
        if finding.level == "warning":
            shell.tell(labelled(ref, finding.text))
    hindered = blockers(prepared.findings, overrule=options.yes, again=options.again)
    if prepared.ready and hindered:
        if any(finding.again for finding in hindered):
            todo = _("To send it there again, add --again.")
        else:
            todo = _("Fix it, or send anyway with --yes.")
        raise FacturierError(_("Not sent because of the warning above."), todo=todo)
    return queue(ws, prepared, not_before=when)


def delivered(ws: Workspace, shell: Shell, queued: Sequence[Delivery]) -> Iterator[Delivery]:
    """Each delivery as it ended, as soon as it has; in the end those that wait for something other than their turn, and
    where delivering had to stop, all that remain in the outbox."""
    post, stop = postman(ws), ws.stop
    stop_on_signals(stop)
    left = list(queued)
    deadline = None
    while left:
        try:
            tried = post.deliver()
        except Exception as error:  # noqa: BLE001 - logged there; what became of each is still reported
            shell.tell(str(as_problem(error)))
            stop.set()
            tried = 0
        current = [get_delivery(ws.store, delivery.id) for delivery in left]
        yield from (delivery for delivery in current if delivery.state not in (*_GOING, State.QUEUED))
        left = [delivery for delivery in current if delivery.state in (*_GOING, State.QUEUED)]
        if stop.is_set() or not left:
            break
        if any(delivery.state in _GOING for delivery in left):  # with another postman
            deadline = deadline or ws.clock() + _PATIENCE
            if ws.clock() > deadline:
                break
            stop.wait(0.1)
            continue
        wait = _turn(ws, left, tried)
        if wait is None:
            break
        stop.wait(wait)
    yield from left


def _turn(ws: Workspace, left: Sequence[Delivery], tried: int) -> float | None:
    """Seconds until it is their turn by Gmail's pace; None where they wait for anything else."""
    if any(delivery.attempts for delivery in left):  # tried, and set back
        return None
    due = next_due(ws.store)
    wait = (due - ws.clock()) if due is not None else None
    if wait is None or wait > _PACE or (wait <= timedelta(0) and not tried):
        return None
    return max(wait.total_seconds(), 0)


def dry_run(ws: Workspace, shell: Shell, ids: Sequence[int], options: argparse.Namespace, when: datetime) -> bool:
    """Who gets what from which address, and what stops which; whether all of them may go."""
    sender_kind = SenderKind(options.sender_kind) if options.sender_kind else None
    domains = DomainChecker(ws)
    objects = []
    envelopes: dict[SenderKind, list[Envelope]] = {}
    ready = True
    for invoice_id in ids:
        try:
            checked = with_domains(check(ws, invoice_id, sender_kind, sent=when), domains)
        except Exception as error:  # noqa: BLE001 - logged there; the others are still looked at
            checked = _not_checked(ws, invoice_id, str(as_problem(error)))
        word = _word(checked, options)
        if word == "ready":
            envelopes.setdefault(checked.composition.sender_kind, []).append(checked.envelope)
        ready = ready and word == "ready"
        invoice = get_invoice(ws.store, invoice_id)
        if options.json:
            objects.append(_as_object(checked, invoice.number, invoice.customer.name, invoice.total, word))
            continue
        people = ", ".join(checked.envelope.recipients) or "–"
        total = with_currency(invoice.total)
        shell.say(f"{invoice.ref}  {state_word(word)}  {checked.envelope.sender or '–'} → {people}  {total}")
        for finding in checked.findings:
            shell.say(f"    {labelled(state_word(finding.level), finding.text)}")
    if options.json:
        shell.say_json(objects)
    tell_limit(ws, shell, envelopes)
    return ready


def _not_checked(ws: Workspace, invoice_id: int, why: str) -> Checked:
    """An invoice that could not even be looked at."""
    finding = Finding("error", "", why)
    return Checked(invoice_id, 0, compose(ws, invoice_id), Envelope("", ()), "", (finding,))


def tell_limit(ws: Workspace, shell: Shell, envelopes: Mapping[SenderKind, Sequence[Envelope]]) -> None:
    """How many recipients a batch has against what the sender allows in a day."""
    for sender_kind, some in envelopes.items():
        if len(some) > 1 and (said := daily_limit(some, sender_type(sender_kind, ws.company()))):
            shell.tell(said)


def _word(checked: Checked, options: argparse.Namespace) -> str:
    if not blockers(checked.findings, overrule=options.yes, again=options.again):
        return "ready"
    return "error" if checked.errors else "warning"


def _as_object(checked: Checked, number: str | None, customer: str, total: Money, word: str) -> dict[str, object]:
    return {
        "id": checked.id,
        "number": number,
        "customer": customer,
        "result": word,
        "from": checked.envelope.sender,
        "to": list(checked.envelope.to),
        "cc": list(checked.envelope.cc),
        "bcc": list(checked.envelope.bcc),
        "subject": checked.subject,
        "currency": total.currency,
        "total": total.minor,
        "total_text": total.plain(),
        "findings": [{"level": found.level, "field": found.field, "text": found.text} for found in checked.findings],
    }
