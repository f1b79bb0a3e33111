"""facturier recurring: schedules of recurring invoices, and the invoices that are due."""

import argparse
from collections.abc import Sequence
from functools import partial

from facturier.mail.sending.recurring import run_recurring
from facturier.mail.vault.schedule_approval import approve_schedule, create_approved, keep_approval
from facturier.mail.workspace import Workspace
from facturier.models.books.invoices import find_invoice
from facturier.models.books.status import Prices, RecurringAction
from facturier.models.errors import FacturierError, InputError
from facturier.models.recurring.changing import create_schedule
from facturier.models.recurring.deleting import delete_schedule
from facturier.models.recurring.pausing import pause_schedule, resume_schedule, skip_period
from facturier.models.recurring.periods import Rhythm, parse_every
from facturier.models.recurring.schedule import Schedule, all_schedules, find_schedule, get_schedule, runs_of
from facturier.models.text.clean import clean
from facturier.models.text.dates.dates import parse_day
from facturier.models.text.i18n import _, labelled, ngettext
from facturier.tui.cli.shell import Shell
from facturier.tui.errors.faults import as_problem
from facturier.tui.terminal.exit_status import DONE, REFUSED, WRONG_USAGE
from facturier.tui.words.formatting import long_day, with_currency
from facturier.tui.words.recurring import command_lines, end_words, rhythm_words, run_words, schedule_status

_ACTIONS = ("list", "show", "create", "run", "approve", "pause", "resume", "skip", "delete")


def add(parser: argparse.ArgumentParser) -> None:
    words = _("list, show, create, run, approve, pause, resume, skip or delete; without it, list")
    parser.add_argument("action", nargs="?", choices=_ACTIONS, default="list", metavar="ACTION", help=words)
    parser.add_argument(
        "refs", nargs="*", type=clean, metavar="REF", help=_("ids from the list; for create: an invoice number, or @id")
    )
    parser.add_argument("--every", type=clean, metavar="RHYTHM", help=_("create: how often, such as “1 month”"))
    parser.add_argument("--from", dest="first", type=clean, metavar="DATE", help=_("create: the date of the first one"))
    end = parser.add_mutually_exclusive_group()
    end.add_argument("--until", type=clean, metavar="DATE", help=_("create: the last possible date"))
    end.add_argument("--count", type=int, metavar="N", help=_("create: how many invoices in all"))
    parser.add_argument("--send", action="store_true", help=_("create: send each invoice; without it, create a draft"))
    parser.add_argument(
        "--current-prices", action="store_true", help=_("create: use the rates that the items have on each date")
    )
    missed = parser.add_mutually_exclusive_group()
    missed.add_argument("--all", action="store_true", help=_("run and resume: also invoice all dates that were missed"))
    missed.add_argument("--skip-missed", action="store_true", help=_("resume: skip the dates that were missed"))
    parser.add_argument("--json", action="store_true", help=_("as JSON, for programs"))


def run(options: argparse.Namespace, shell: Shell) -> int:
    ws = shell.workspace(looking=options.action not in ("run", "resume"))
    if options.action == "create":
        return _create(ws, shell, options)
    if options.action == "run":
        return _run(ws, shell, options)
    if not options.refs and options.action != "list":
        shell.tell(_("Enter at least one id. “facturier recurring list” shows the id of each schedule."))
        return WRONG_USAGE
    status, found = DONE, all_schedules(ws.store) if not options.refs else []
    for ref in dict.fromkeys(options.refs):
        try:
            schedule = find_schedule(ws.store, ref)
            _act(ws, schedule, options)
            found.append(schedule if options.action == "delete" else get_schedule(ws.store, schedule.id))
        except FacturierError as error:
            shell.tell(labelled(ref, error))
            status = REFUSED
    _say(ws, shell, found, options)
    return status


def _act(ws: Workspace, schedule: Schedule, options: argparse.Namespace) -> None:
    match options.action:
        case "approve":
            approve_schedule(ws, schedule.id)
        case "pause":
            keep_approval(ws, partial(pause_schedule, ws.store, schedule.id))
        case "delete":
            keep_approval(ws, partial(delete_schedule, ws.store, schedule.id))
        case "skip":
            if schedule.next is None:
                raise InputError(_("There is no next date."))
            keep_approval(ws, partial(skip_period, ws.store, schedule.id, schedule.next))
        case "resume":
            missed = schedule.due(ws.today())
            if missed and schedule.paused and not options.all and not options.skip_missed:
                count = len(missed)
                words = ngettext(
                    "{count} date passed during the pause: {dates}.",
                    "{count} dates passed during the pause: {dates}.",
                    count,
                )
                raise InputError(
                    words.format(count=count, dates=", ".join(day.isoformat() for day in missed[:10])),
                    kept=_("The schedule is still paused."),
                    todo=_("Add --all to invoice them, or --skip-missed to skip them."),
                )
            skip = missed if options.skip_missed else ()
            keep_approval(ws, partial(resume_schedule, ws.store, schedule.id, skip=skip))
            if options.all:
                run_recurring(ws, catch_up=[schedule.id], only=[schedule.id])


def _create(ws: Workspace, shell: Shell, options: argparse.Namespace) -> int:
    if len(options.refs) != 1 or not options.every:
        shell.tell(
            _("Enter one invoice number and --every, for example: facturier recurring create 1043 --every “1 month”")
        )
        return WRONG_USAGE
    today = ws.today()
    every, unit = parse_every(options.every)
    first = parse_day(options.first, today) if options.first else today
    until = parse_day(options.until, today) if options.until else None
    invoice = find_invoice(ws.store, options.refs[0])
    assert invoice.id is not None
    create = partial(
        create_schedule,
        ws.store,
        invoice.id,
        Rhythm(every, unit, first, until, options.count),
        action=RecurringAction.SEND if options.send else RecurringAction.DRAFT,
        prices=Prices.CURRENT if options.current_prices else Prices.FIXED,
    )
    schedule = create_approved(ws, create) if options.send else create()
    _say(ws, shell, [schedule], options)
    return DONE


def _run(ws: Workspace, shell: Shell, options: argparse.Namespace) -> int:
    only = [find_schedule(ws.store, ref).id for ref in options.refs] or None
    ran = run_recurring(ws, catch_up=None if options.all else (), only=only)
    if options.json:
        shell.say_json(
            {
                "created": [
                    {"id": one.id, "customer": one.customer.name, "date": one.date.isoformat()} for one in ran.created
                ],
                "queued": [{"invoice": one.invoice_id, "number": one.number} for one in ran.queued],
                "not_sent": [{"invoice": found, "problem": reason} for found, reason in ran.unsent.items()],
                "waiting": [as_object(ws, schedule) for schedule in ran.waiting],
            }
        )
    else:
        said, told = command_lines(ran, ws.today())
        for line in said:
            shell.say(line)
        for line in told:
            shell.tell(line)
    for problem in ran.problems:
        shell.tell(str(as_problem(problem)))
    return REFUSED if ran.waiting or ran.unsent or ran.problems else DONE


def _say(ws: Workspace, shell: Shell, found: Sequence[Schedule], options: argparse.Namespace) -> None:
    if options.json:
        shell.say_json([as_object(ws, schedule) for schedule in found])
        return
    for schedule in found:
        shell.say(_as_line(schedule))
        if options.action == "show":
            for day in schedule.upcoming():
                shell.say(f"    {long_day(day)}")
            for one in runs_of(ws.store, schedule.id):
                shell.say(f"    {long_day(one.period)}  {run_words(one)}")
    if not found and not options.refs:
        shell.tell(_("There are no recurring invoices."))


def _as_line(schedule: Schedule) -> str:
    ends = end_words(schedule.rhythm)
    parts = (
        str(schedule.id),
        schedule.customer or "–",
        with_currency(schedule.amount),
        rhythm_words(schedule.rhythm) + (f", {ends}" if ends else ""),
        long_day(schedule.next) if schedule.next is not None else "–",
        str(schedule.action),
        schedule_status(schedule),
    )
    return "  ".join(parts)


def as_object(ws: Workspace, schedule: Schedule) -> dict[str, object]:
    """One schedule for programs."""
    rhythm = schedule.rhythm
    return {
        "id": schedule.id,
        "template": schedule.invoice_id,
        "customer": schedule.customer,
        "currency": schedule.currency,
        "total": schedule.total,
        "total_text": schedule.amount.plain(),
        "every": rhythm.every,
        "unit": str(rhythm.unit),
        "first": rhythm.first.isoformat(),
        "until": rhythm.until.isoformat() if rhythm.until else None,
        "count": rhythm.most,
        "action": str(schedule.action),
        "prices": str(schedule.prices),
        "status": schedule.status,
        "next": [day.isoformat() for day in schedule.upcoming()],
        "due": [day.isoformat() for day in schedule.due(ws.today())],
        "periods": [
            {"date": one.period.isoformat(), "skipped": one.skipped, "invoice": one.invoice_id, "number": one.number}
            for one in runs_of(ws.store, schedule.id)
        ],
    }
