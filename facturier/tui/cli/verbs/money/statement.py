"""facturier statement: the statement of account of one customer."""

import argparse
from datetime import date

from facturier.mail.document.plain_text import content_text
from facturier.mail.notices.statement import Period, StatementEmail, send_statement, statement_email
from facturier.mail.workspace import Workspace
from facturier.models.books.status import State
from facturier.models.customers.upkeep import find_customer
from facturier.models.errors import FacturierError, InputError
from facturier.models.outbox.delivery import Delivery
from facturier.models.receivables.statements import Entry, Statement, currencies
from facturier.models.store.files import save_file
from facturier.models.text.clean import clean
from facturier.models.text.dates.dates import parse_day
from facturier.models.text.i18n import _
from facturier.models.text.money import Money
from facturier.models.text.paths import typed_path
from facturier.tui.cli.shell import Shell
from facturier.tui.cli.verbs.sending.outbox import as_object as delivery_object
from facturier.tui.cli.verbs.sending.outbox import as_text
from facturier.tui.cli.verbs.sending.send import delivered
from facturier.tui.terminal.exit_status import DONE, REFUSED


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("customer", type=clean, metavar="CUSTOMER", help=_("a name, or @id"))
    add_period(parser)
    parser.add_argument("--currency", type=str.upper, metavar="C", help=_("the currency, such as EUR"))
    parser.add_argument("--pdf", metavar="FILE", help=_("write the PDF"))
    parser.add_argument("--force", action="store_true", help=_("replace an existing file"))
    parser.add_argument("--send", action="store_true", help=_("send it by email, once a day at most"))
    parser.add_argument("--yes", action="store_true", help=_("send despite warnings"))
    parser.add_argument("--json", action="store_true", help=_("as JSON, for programs"))


def add_period(parser: argparse.ArgumentParser) -> None:
    """Add the options for a period. Without them, a statement lists the open items."""
    parser.add_argument(
        "--from", dest="first", metavar="DATE", help=_("show the activity from this day instead of the open items")
    )
    parser.add_argument("--to", dest="last", metavar="DATE", help=_("with --from: the last day; today by default"))


def period_of(options: argparse.Namespace, today: date) -> Period | None:
    """Return the period of the options, or None for open items. Raises InputError."""
    if options.first is None:
        if options.last is not None:
            raise InputError(_("--to needs --from."))
        return None
    return parse_day(options.first, today), parse_day(options.last, today) if options.last else today


def run(options: argparse.Namespace, shell: Shell) -> int:
    ws = shell.workspace(looking=not options.send)
    customer = find_customer(ws.store, options.customer)
    assert customer.id is not None
    currency = options.currency or _only_currency(ws, customer.id, customer.name)
    email = statement_email(ws, customer.id, currency, period_of(options, ws.today()))
    if options.pdf is not None:
        # one machine: a document must not be written over the company’s file.
        private = ws.locations.data
        save_file(typed_path(options.pdf), email.pdf(), force=options.force, company=ws.store.path, private=private)
    delivery = _sent(ws, shell, email, despite_warnings=options.yes) if options.send else None
    if options.json:
        shell.say_json(statement_object(email) | sending_object(email, delivery))
    elif delivery is not None:
        shell.say(as_text(delivery, ws.clock()))
    elif options.pdf is None:
        shell.say(content_text(email.content))
    return DONE if delivery is None or delivery.state is State.SENT else REFUSED


def _only_currency(ws: Workspace, customer_id: int, name: str) -> str:
    found = currencies(ws.store, customer_id)
    if len(found) > 1:
        raise FacturierError(
            _("“{name}” has accounts in these currencies: {currencies}.").format(
                name=name, currencies=", ".join(found)
            ),
            todo=_("Choose one with --currency."),
        )
    return found[0] if found else ws.company().currency


def _sent(ws: Workspace, shell: Shell, email: StatementEmail, *, despite_warnings: bool) -> Delivery:
    """Send a statement and return its delivery. Raises FacturierError if it cannot be sent."""
    check_warnings(email, despite_warnings=despite_warnings)
    delivery = send_statement(ws, email, not_before=ws.clock())
    return next(iter(delivered(ws, shell, [delivery])), delivery)


def check_warnings(email: StatementEmail, *, despite_warnings: bool) -> None:
    """Raises FacturierError if a warning prevents sending."""
    warnings = [finding.text for finding in email.findings if finding.level == "warning"]
    if warnings and not email.errors and not despite_warnings:
        raise FacturierError(" ".join(warnings), todo=_("Fix it, or send anyway with --yes."))


def statement_object(email: StatementEmail) -> dict[str, object]:
    """Return a statement for programs: amounts in minor units and as decimal text, and dates as ISO 8601."""
    statement = email.statement

    def money(name: str, minor: int) -> dict[str, object]:
        return {name: minor, f"{name}_text": Money(minor, statement.currency).plain()}

    return {
        "customer": {"id": email.customer.id, "name": email.customer.name},
        "currency": statement.currency,
        "date": statement.day.isoformat(),
        "from": _iso(statement.first),
        "to": _iso(statement.last),
        **(money("opening", statement.opening) if not statement.is_open else {}),
        "lines": [_line(entry, statement) for entry in statement.entries],
        **money("balance", statement.closing),
        **({"aging": {**statement.aging._asdict()}} if statement.is_open else {}),
    }


def _line(entry: Entry, statement: Statement) -> dict[str, object]:
    def text(minor: int) -> str:
        return Money(minor, statement.currency).plain()

    return {
        "kind": str(entry.kind),
        "number": entry.number,
        "date": entry.date.isoformat(),
        "due": _iso(entry.due),
        "days_overdue": entry.late,
        "note": entry.note,
        "total": entry.total,
        "total_text": text(entry.total),
        "balance": entry.balance,
        "balance_text": text(entry.balance),
    }


def sending_object(email: StatementEmail, delivery: Delivery | None = None) -> dict[str, object]:
    """Return what was or would be sent, for programs."""
    envelope = email.envelope
    return {
        "email": {
            "from": envelope.sender,
            "to": list(envelope.to),
            "cc": list(envelope.cc),
            "bcc": list(envelope.bcc),
            "subject": email.subject,
        },
        "findings": [{"level": found.level, "field": found.field, "text": found.text} for found in email.findings],
        "sent_today": email.sent_today,
        "delivery": delivery_object(delivery) if delivery is not None else None,
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None
