"""facturier chase: list the reminders that are due today, and send them; for cron."""

import argparse
import re
from collections.abc import Sequence

from facturier.mail.notices.automatic import is_sent_automatically
from facturier.mail.notices.chase import check_reminder, due_today, send_due
from facturier.mail.notices.notice import send_notice
from facturier.mail.notices.reminder import make_reminder
from facturier.mail.sending.batch import Checked
from facturier.mail.workspace import Workspace
from facturier.models.books.invoices import find_invoice
from facturier.models.books.status import Silence, State
from facturier.models.chasing.due_levels import Chased
from facturier.models.chasing.silence import (
    Silenced,
    end_silence,
    parse_promise,
    set_dispute,
    set_promise,
    silenced,
    turn_reminders,
)
from facturier.models.errors import AlreadyOpen, AlreadySent, ChangedElsewhere, Unwanted
from facturier.models.outbox.delivery import Delivery
from facturier.models.settings.reminders import level_text
from facturier.models.text.clean import clean
from facturier.models.text.i18n import _, labelled
from facturier.tui.cli.shell import Shell
from facturier.tui.cli.verbs.sending.outbox import as_object, as_text
from facturier.tui.cli.verbs.sending.send import delivered
from facturier.tui.errors.faults import as_problem
from facturier.tui.terminal.exit_status import DONE, REFUSED
from facturier.tui.words.formatting import with_currency
from facturier.tui.words.states import state_word

_LEVELS = re.compile(r"(?:level\s*)?(<=|>=|<|>|=)?\s*(\d{1,3})")
_COMPARED = {
    "<=": lambda level, n: level <= n,
    ">=": lambda level, n: level >= n,
    "<": lambda level, n: level < n,
    ">": lambda level, n: level > n,
    "=": lambda level, n: level == n,
}
# Another process was faster, or a payment was: nothing is wrong.
_OVERTAKEN = (AlreadySent, AlreadyOpen, ChangedElsewhere, Unwanted)


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("ref", type=clean, metavar="REF", nargs="?", help=_("an invoice number, to change one invoice"))
    parser.add_argument(
        "--send",
        metavar="LEVELS",
        type=_levels,
        help=_("send the reminders of these levels: all, level<=2, or 1,2 (level 1 is the earliest in the settings)"),
    )
    parser.add_argument("--dry-run", action="store_true", help=_("show what would happen to each, and send nothing"))
    parser.add_argument(
        "--queue-only", action="store_true", help=_("only queue them; “facturier post” sends them later")
    )
    parser.add_argument("--yes", action="store_true", help=_("send despite warnings"))
    change = parser.add_mutually_exclusive_group()
    change.add_argument("--promise", metavar="DAY", help=_("with REF: the customer has promised to pay by this day"))
    change.add_argument(
        "--dispute", metavar="DAY", nargs="?", const="", help=_("with REF: the customer disputes it, until a day")
    )
    parser.add_argument("--reason", metavar="TEXT", default="", help=_("with --dispute: what is disputed"))
    change.add_argument("--clear", action="store_true", help=_("with REF: end a promise or a dispute"))
    change.add_argument("--off", action="store_true", help=_("with REF: turn its reminders off"))
    change.add_argument("--on", action="store_true", help=_("with REF: turn its reminders on"))
    change.add_argument(
        "--again", action="store_true", help=_("with REF: send its last reminder again after a refusal or a bounce")
    )
    parser.add_argument("--json", action="store_true", help=_("as JSON, for programs"))
    parser.set_defaults(usage_error=parser.error)


def run(options: argparse.Namespace, shell: Shell) -> int:
    changes = options.clear or options.off or options.on or options.again
    changes = changes or options.promise is not None or options.dispute is not None
    if bool(options.ref) != bool(changes) or (options.ref and options.send):
        options.usage_error(_("Enter an invoice number with --promise, --dispute, --clear, --off, --on or --again."))
    if options.ref:
        return _change(options, shell)
    ws = shell.workspace(looking=options.send is None)
    found = due_today(ws, _days(ws, options.send))
    if options.send is None or options.dry_run:
        return _list(ws, shell, found, options)
    return _send(ws, shell, found, options)


def _levels(text: str) -> str:
    """Raises ArgumentTypeError."""
    typed = text.strip().lower()
    if typed != "all" and not all(_LEVELS.fullmatch(part.strip()) for part in typed.split(",")):
        raise argparse.ArgumentTypeError(
            _("“{text}” is not a list of levels. Use all, level<=2, or 1,2.").format(text=clean(text))
        )
    return typed


def _days(ws: Workspace, levels: str | None) -> tuple[int, ...] | None:
    """Return the levels as days relative to the due date, or None for all."""
    if levels in (None, "all"):
        return None
    wanted = [found for part in levels.split(",") if (found := _LEVELS.fullmatch(part.strip()))]
    return tuple(
        level.days
        for at, level in enumerate(ws.company().levels, 1)
        if any(_COMPARED[found[1] or "="](at, int(found[2])) for found in wanted)
    )


def _list(ws: Workspace, shell: Shell, found: Sequence[Chased], options: argparse.Namespace) -> int:
    """What is due, and with --dry-run what stops which."""
    status, objects = DONE, []
    for chased in found:
        checked = check_reminder(ws, chased) if options.dry_run else None
        if checked is not None and not checked.may_go(overrule=options.yes):
            status = REFUSED
        if options.json:
            objects.append(_as_object(ws, chased, checked))
            continue
        shell.say(_line(chased, checked))
        for finding in checked.findings if checked is not None else ():
            shell.say(f"    {labelled(state_word(finding.level), finding.text)}")
    if options.json:
        shell.say_json(objects)
    elif not found:
        shell.tell(_("No reminders are due today."))
    return status


def _line(chased: Chased, checked: Checked | None) -> str:
    parts = [
        chased.number,
        chased.due.isoformat(),
        with_currency(chased.balance),
        level_text(chased.days),
        clean(chased.customer),
    ]
    if checked is not None:
        parts.append("→ " + (", ".join(checked.envelope.recipients) or "–"))
    return "  ".join(parts)


def _as_object(ws: Workspace, chased: Chased, checked: Checked | None) -> dict[str, object]:
    company = ws.company()
    levels = [level.days for level in company.levels]
    last = chased.last
    found: dict[str, object] = {
        "id": chased.id,
        "number": chased.number,
        "customer": chased.customer,
        "due": chased.due.isoformat(),
        "days_late": chased.late(ws.today()),
        "currency": chased.balance.currency,
        "balance": chased.balance.minor,
        "balance_text": chased.balance.plain(),
        "level": levels.index(chased.days) + 1,
        "level_days": chased.days,
        "automatic": is_sent_automatically(company, chased.days),
        "last": None
        if last is None
        else {
            "level_days": last.days,
            "state": str(last.state),
            "at": last.at.isoformat(),
            "due": last.due.isoformat(),
        },
    }
    if checked is not None:
        found |= {
            "from": checked.envelope.sender,
            "to": list(checked.envelope.to),
            "cc": list(checked.envelope.cc),
            "bcc": list(checked.envelope.bcc),
            "subject": checked.subject,
            "errors": [finding.text for finding in checked.errors],
            "warnings": [finding.text for finding in checked.warnings],
        }
    return found


def _send(ws: Workspace, shell: Shell, found: Sequence[Chased], options: argparse.Namespace) -> int:
    status, queued = DONE, []
    for chased in found:
        try:
            queued.append(send_due(ws, chased, overrule=options.yes, not_before=ws.clock()))
        except _OVERTAKEN as error:
            shell.tell(labelled(chased.number, error))
        except Exception as error:  # noqa: BLE001 - logged there; the others are still sent
            status = REFUSED
            shell.tell(labelled(chased.number, as_problem(error)))
    sent = _reported(ws, shell, queued, options)
    if not found and not options.json:
        shell.tell(_("No reminders are due today."))
    return status if sent else REFUSED


def _reported(ws: Workspace, shell: Shell, queued: Sequence[Delivery], options: argparse.Namespace) -> bool:
    """Deliver what was queued and report each. Return whether all were sent, or left in the outbox on purpose."""
    objects, done = [], True
    for delivery in queued if options.queue_only else delivered(ws, shell, queued):
        if options.json:
            objects.append(as_object(delivery))
        else:
            shell.say(as_text(delivery, ws.clock()))
        # A payment that was recorded in the meantime cancels it.
        done = done and (options.queue_only or delivery.state in (State.SENT, State.CANCELLED))
    if options.json:
        shell.say_json(objects)
    return done


def _change(options: argparse.Namespace, shell: Shell) -> int:
    ws = shell.workspace(looking=not options.again)
    invoice = find_invoice(ws.store, options.ref)
    assert invoice.id is not None
    if options.again:
        reminder = make_reminder(ws, invoice.id, again=True)
        delivery = send_notice(ws, reminder.notice, not_before=ws.clock())
        return DONE if _reported(ws, shell, [delivery], options) else REFUSED
    if options.promise is not None:
        set_promise(ws.store, invoice.id, parse_promise(options.promise, ws.today()))
    elif options.dispute is not None:
        until = parse_promise(options.dispute, ws.today()) if options.dispute.strip() else None
        set_dispute(ws.store, invoice.id, until, options.reason)
    elif options.clear:
        end_silence(ws.store, invoice.id)
    else:
        turn_reminders(ws.store, invoice.id, off=options.off)
    now = silenced(ws.store, invoice.id)
    if options.json:
        shell.say_json(
            {
                "id": invoice.id,
                "number": invoice.number,
                "silent": str(now.why) or None,
                "until": now.until.isoformat() if now.until else None,
                "reason": now.reason,
                "reminders": not (now.off or now.customer_off),
            }
        )
    else:
        shell.say(labelled(invoice.ref, _silence(now)))
    return DONE


def _silence(now: Silenced) -> str:
    """Return what is recorded, for a line of output."""
    if now.why is Silence.PROMISE and now.until is not None:
        return _("payment promised by {day}.").format(day=now.until.isoformat())
    if now.why is Silence.DISPUTE:
        if now.until is not None:
            words = _("disputed until {day}.").format(day=now.until.isoformat())
        else:
            words = _("disputed.")
        return labelled(words.rstrip("."), clean(now.reason)) if now.reason else words
    if now.off or now.customer_off:
        return _("reminders are off.")
    return _("reminders are on.")
