"""facturier estimate: list the estimates, record the answers, and convert them to invoices."""

import argparse
from datetime import date
from decimal import Decimal

from facturier.mail.workspace import Workspace
from facturier.models.books.invoice import Invoice
from facturier.models.books.invoices import find_invoice
from facturier.models.books.status import Answer, delivery_word
from facturier.models.errors import InputError, NotConfirmed
from facturier.models.estimates.answers import record_answer
from facturier.models.estimates.billing import bill_estimate
from facturier.models.estimates.estimate_list import EstimateList, EstimateRow, Progressing, progressing
from facturier.models.listing.view import View
from facturier.models.text.clean import clean
from facturier.models.text.dates.dates import FIRST, LAST
from facturier.models.text.decimals import read_decimal
from facturier.models.text.i18n import _, spoken
from facturier.models.text.money import Money
from facturier.tui.cli.shell import Shell
from facturier.tui.cli.verbs.invoices.credit import line_places
from facturier.tui.terminal.exit_status import DONE, REFUSED, WRONG_USAGE
from facturier.tui.words.formatting import with_currency
from facturier.tui.words.states import state_word

_ANSWERS = {"accept": Answer.ACCEPTED, "decline": Answer.DECLINED, "reopen": Answer.NONE}


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "action",
        nargs="?",
        choices=["list", *_ANSWERS, "invoice"],
        default="list",
        metavar="ACTION",
        help=_("what to do: list them, record an answer or remove it, or create an invoice"),
    )
    parser.add_argument("ref", nargs="?", type=clean, metavar="REF", help=_("the number of an estimate, or @id"))
    parser.add_argument(
        "--search", type=clean, default="", metavar="TEXT", help=_("only estimates that contain all these words")
    )
    parser.add_argument("--date", metavar="D", help=_("the day of the answer, such as 2026-11-24; today by default"))
    parser.add_argument("--percent", metavar="P", help=_("invoice this percentage of the estimate, such as 30"))
    parser.add_argument("--lines", metavar="1,3", help=_("invoice only these lines, counted from 1"))
    parser.add_argument(
        "--anyway",
        action="store_true",
        help=_("invoice it even if it was declined, or if the invoices come to more than the estimate"),
    )
    parser.add_argument("--json", action="store_true", help=_("as JSON, for programs"))


def run(options: argparse.Namespace, shell: Shell) -> int:
    if problem := _problem(options):
        shell.tell(problem)
        return WRONG_USAGE
    ws = shell.workspace(looking=True)
    if options.action == "list":
        _list(ws, options, shell)
        return DONE
    estimate = find_invoice(ws.store, options.ref)
    if options.action == "invoice":
        return _invoice(ws, estimate, options, shell)
    day = _day(options.date) if options.date is not None else ws.today()
    record_answer(ws.store, estimate.id or 0, _ANSWERS[options.action], day)
    row = EstimateList(ws.store, View(), ws.today()).rows((estimate.id or 0,))[0]
    if options.json:
        shell.say_json(as_object(row, ws.today()))
    else:
        shell.say(_as_text(row, ws.today()))
    return DONE


def _problem(options: argparse.Namespace) -> str:
    if options.percent is not None and options.lines is not None:
        return _("Use either --percent or --lines.")
    if options.action != "list" and options.ref is None:
        return _("Enter the number of an estimate.")
    return ""


def _list(ws: Workspace, options: argparse.Namespace, shell: Shell) -> None:
    today = ws.today()
    with ws.store.reading():
        rows = [*EstimateList(ws.store, View(text=options.search), today).all()]
    if options.json:
        shell.say_json([as_object(row, today) for row in rows])
    else:
        for row in rows:
            shell.say(_as_text(row, today))


def _invoice(ws: Workspace, estimate: Invoice, options: argparse.Namespace, shell: Shell) -> int:
    percent: Decimal | None = read_decimal(options.percent) if options.percent is not None else None
    lines = line_places(options.lines) if options.lines is not None else None
    try:
        draft = bill_estimate(
            ws.store, estimate.id or 0, ws.today(), percent=percent, lines=lines, anyway=options.anyway
        )
    except NotConfirmed as error:
        kept = _("No invoice was created. To create it anyway, add --anyway")
        shell.tell(f"{error.happened} {kept}")
        return REFUSED
    if options.json:
        total = draft.total
        shell.say_json({"id": draft.id, "estimate": estimate.id, "total": total.minor, "total_text": total.plain()})
    else:
        words = _("{ref}: draft invoice for {amount}. Send it with: facturier send {ref}")
        shell.say(words.format(ref=draft.ref, amount=with_currency(draft.total)))
    return DONE


def _day(text: str) -> date:
    """Raises InputError."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = date.min
    if not FIRST <= day <= LAST:
        raise InputError(_("“{name}” must be a date such as 2026-11-24.").format(name="--date"))
    return day


def as_object(row: EstimateRow, today: date) -> dict[str, object]:
    """One estimate for programs: amounts in minor units, and as decimal text beside them."""
    one, status = row.invoice, progressing(row, today)
    return {
        "id": one.id,
        "number": one.number,
        "date": one.date.isoformat(),
        "valid_until": one.due.isoformat(),
        "customer": one.customer,
        "currency": one.currency,
        "total": one.total,
        "total_text": Money(one.total, one.currency).plain(),
        "status": str(status.progressing),
        "answer": str(one.answer) or None,
        "billed": row.billed,
        "billed_text": Money(row.billed, one.currency).plain(),
        "billed_percent": status.percent,
        "delivery": delivery_word(one.book_status, one.delivery, one.handed_over),
        **({"damaged": one.damaged} if one.damaged else {}),
    }


def _as_text(row: EstimateRow, today: date) -> str:
    one, (found, percent) = row.invoice, progressing(row, today)
    total = Money(one.total, one.currency).text(spoken())
    status = _("billed {percent}%").format(percent=percent) if found is Progressing.BILLED else state_word(found)
    parts = (
        f"{one.number or one.reserved or f'@{one.id}':>8}",
        one.date.isoformat(),
        f"{one.customer[:32]:32}",
        one.due.isoformat(),
        f"{total:>14} {one.currency}",
        f"{state_word(delivery_word(one.book_status, one.delivery, one.handed_over)):12}",
        status,
    )
    return "  ".join(parts)
