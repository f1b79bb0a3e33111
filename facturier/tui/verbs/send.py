"""facturier send: queue invoices, deliver them, report each."""

import argparse
import time
from dataclasses import replace
from datetime import datetime

from facturier.mail.desk import Desk
from facturier.models.deliveries import get_delivery
from facturier.models.delivery import Delivery, Way
from facturier.models.errors import FacturierError
from facturier.models.invoices import find_invoice
from facturier.models.language import _
from facturier.models.moments import parse_moment
from facturier.models.status import State
from facturier.tui.verbs.shell import DONE, REFUSED, Shell

# How long to wait for another postman that has taken one of these deliveries, in seconds.
_PATIENCE = 60
_GOING = (State.CLAIMED, State.HANDING_OVER)


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("refs", metavar="REF", nargs="+", help=_("invoice numbers, or @ids of drafts"))
    parser.add_argument("--from", dest="way", choices=[str(way) for way in Way], help=_("which sender"))
    parser.add_argument("--at", metavar="TIME", help=_("not before this time, such as 16:30 or 2026-12-24T08:00"))
    parser.add_argument("--queue-only", action="store_true", help=_("leave delivering to “facturier post”"))
    parser.add_argument("--yes", action="store_true", help=_("send in spite of warnings"))


def run(options: argparse.Namespace, shell: Shell) -> int:
    desk = shell.desk()
    now = desk.clock().astimezone()
    when = parse_moment(options.at, now) if options.at else now
    status = DONE
    queued = []
    for ref in dict.fromkeys(options.refs):
        try:
            queued.append(_queue(desk, shell, ref, options, when))
        except FacturierError as error:
            status = REFUSED
            shell.tell(f"{ref}: {error}")
    if not (options.queue_only or options.at):
        desk.postman().deliver()
        queued = [_wait(desk, delivery) for delivery in queued]
    for delivery in queued:
        shell.say(_report(delivery))
        if not (options.queue_only or options.at) and delivery.state is not State.SENT:
            status = REFUSED
    return status


def _queue(desk: Desk, shell: Shell, ref: str, options: argparse.Namespace, when: datetime) -> Delivery:
    invoice = find_invoice(desk.store, ref)
    assert invoice.id is not None
    composition = desk.compose(invoice.id)
    if options.way:
        composition = replace(composition, way=Way(options.way))
    prepared = desk.prepare(invoice.id, composition, sent=when)
    warnings = [finding.text for finding in prepared.findings if finding.level == "warning"]
    for warning in warnings:
        shell.tell(f"{ref}: {warning}")
    if prepared.ready and warnings and not options.yes:
        raise FacturierError(
            _("Not sent because of the warning above."), todo=_("Mend it, or send in spite of it with --yes.")
        )
    return desk.queue(prepared, not_before=when)


def _wait(desk: Desk, delivery: Delivery) -> Delivery:
    """The delivery as it ended, or as it stands when another postman takes too long with it."""
    deadline = time.monotonic() + _PATIENCE
    while (now := get_delivery(desk.store, delivery.id)).state in _GOING and time.monotonic() < deadline:
        time.sleep(0.1)
    return now


def _report(delivery: Delivery) -> str:
    to = ", ".join(delivery.envelope.to)
    line = f"{delivery.number}  {delivery.state}  {to}"
    return f"{line}  {delivery.problem}" if delivery.problem else line
