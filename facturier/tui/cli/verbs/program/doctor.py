"""facturier doctor: look at everything that sending depends on, and say what to do."""

import argparse
import stat
from collections.abc import Callable
from itertools import islice
from typing import NamedTuple

from facturier.mail.google.connection import check_connection
from facturier.mail.senders.default import default_sender
from facturier.mail.senders.registry import default_type
from facturier.mail.vault.approval import are_approved
from facturier.mail.vault.permission import refusal
from facturier.mail.workspace import Workspace
from facturier.models.books.alerts import count_alerts, open_alerts
from facturier.models.books.invoices import get_invoice
from facturier.models.books.journal import read_journal
from facturier.models.chasing.automatic import last_day
from facturier.models.company.access_requests import access_requests
from facturier.models.company.user import full_name
from facturier.models.errors import DamagedRow, FacturierError, ForeignSchema
from facturier.models.issuing.number_check import check_numbers
from facturier.models.listing.listing import Listing
from facturier.models.listing.saved_views import saved_views
from facturier.models.listing.view import View
from facturier.models.outbox.composition import kept_composition
from facturier.models.outbox.deliveries import deliveries_of, in_doubt, notices_of, unfinished
from facturier.models.outbox.pauses import paused_by, server_pauses
from facturier.models.payments.payments import payments_of
from facturier.models.receivables.customer_payments import all_payments
from facturier.models.recurring.schedule import all_schedules, runs_of
from facturier.models.store.backups.backups import copies_of
from facturier.models.store.opening import check_header
from facturier.models.store.sqlite import SCHEMA, sqlite_version, wal_is_sound
from facturier.models.store.store import Store
from facturier.models.text.i18n import _, ngettext
from facturier.tui.cli.shell import Shell
from facturier.tui.terminal.exit_status import DONE, REFUSED
from facturier.tui.terminal.program_name import argument
from facturier.tui.words.formatting import moment
from facturier.tui.words.numbers import number_lines
from facturier.tui.words.reminders import automatic_words

_SHOWN = 3  # gaps and duplicates in the numbers; “facturier numbers” shows all
_LATEST = 2_000  # invoices that are read whole: more would take minutes in large books


class Found(NamedTuple):
    """What is neither right nor wrong: `–` is not there or not tried, `⚠` needs a person."""

    mark: str
    words: str


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--repair", action="store_true", help=_("undo changes that another program made to the file’s structure")
    )


def run(options: argparse.Namespace, shell: Shell) -> int:
    if options.repair:
        _repair(shell)
    try:
        ws = shell.workspace(looking=True)
    except ForeignSchema as error:
        shell.say(_("✗ {what}: {found}").format(what=_("Company file"), found=error))
        return REFUSED
    checks: list[tuple[str, Callable[[Workspace], str | Found]]] = [
        (_("Company file"), _file),
        ("SQLite", _sqlite),
        (_("Vault"), _vault),
        (_("Gmail"), _gmail),
        (_("Default sender"), _default_sender),
        (_("Outbox"), _outbox),
        (_("Reminders"), _reminders),
        (_("Numbers"), _numbers),
        (_("Daily backup"), _copies),
    ]
    status, told = DONE, set[str]()
    for name, check in checks:
        try:
            found = check(ws)
            mark, words = found if isinstance(found, Found) else Found("✓", found)
            shell.say(f"{mark} " + _("{what}: {found}").format(what=name, found=words))
        except FacturierError as error:
            status = REFUSED
            why = _("same problem as above") if str(error) in told else str(error)
            shell.say("✗ " + _("{what}: {found}").format(what=name, found=why))
            told.add(str(error))
    return status


def _repair(shell: Shell) -> None:
    from facturier.models.store.schema.schema import repair

    path = shell.path()
    check_header(path)
    backup, done = repair(path, shell.clock())
    if not done:
        shell.say(_("There was nothing to repair."))
        return
    shell.say(_("Repaired: {parts}.").format(parts=", ".join(map(str, done))))
    shell.say(_("The previous file is in {path}.").format(path=backup))


def _file(ws: Workspace) -> str:
    ws.store.check()
    _read_all(ws)
    if ws.store.damaged:
        raise next(iter(ws.store.damaged.values()))
    if (refused := refusal(ws)) is not None:
        raise refused
    # one machine: a company is a file, whose mode says who may read it.
    mode = stat.S_IMODE(ws.store.path.stat().st_mode)
    if mode & 0o007:
        raise FacturierError(
            _("Everyone on this machine can access “{path}” ({mode:o}).").format(path=ws.store.path, mode=mode),
            todo=_("To restrict access: {command}").format(command=f"chmod o-rwx {argument(ws.store.path)}"),
        )
    return _("{path} is sound, schema version {version}, mode {mode:o}").format(
        path=ws.store.path, version=SCHEMA, mode=mode
    )


def _read_all(ws: Workspace) -> None:
    """Read what the screens read, so that damaged rows are named: see `facturier.models.store.damaged_rows`."""
    store, today = ws.store, ws.today()
    with store.reading():
        for row in Listing(store, View(), today).first(_LATEST):
            _read_invoice(store, row.id)
        for schedule in all_schedules(store):
            runs_of(store, schedule.id)
        all_payments(store)
        open_alerts(store)
        read_journal(store)
        saved_views(store)
        access_requests(store)
        server_pauses(store)


def _read_invoice(store: Store, invoice_id: int) -> None:
    try:
        get_invoice(store, invoice_id)
        deliveries_of(store, invoice_id)
        notices_of(store, invoice_id)
        payments_of(store, invoice_id)
        read_journal(store, invoice_id)
        kept_composition(store, invoice_id)
    except DamagedRow as error:
        store.note(error)


def _sqlite(ws: Workspace) -> str:
    version, mode = ".".join(map(str, sqlite_version())), ws.store.journal_mode()
    if wal_is_sound(sqlite_version()):
        return _("{version}, journal {mode}").format(version=version, mode=mode)
    return _("{version}; too old for WAL with several programs, so journal {mode}").format(version=version, mode=mode)


def _where(ws: Workspace) -> str:
    """Where the person's key is, and whether it is open."""
    if (until := ws.keys.held_until()) is not None:
        return _("{where}, unlocked until {when}").format(where=ws.keys.identity.where, when=moment(until))
    return ws.keys.identity.where


def _vault(ws: Workspace) -> str:
    secrets = ws.keys.vault.read()
    people = ", ".join(full_name(member.name) for member in secrets.members) or full_name(ws.store.user)
    return _("opens with your key ({where}); members: {people}").format(where=_where(ws), people=people)


def _gmail(ws: Workspace) -> str | Found:
    connection = ws.connection()
    if connection is None:
        return Found("–", _("no address connected"))
    if not ws.endpoints.reachable:
        return Found(
            "–", _("demo: not checked, because the Google simulator is not running (facturier practice --serve)")
        )
    check_connection(ws)
    return _("{address} is connected and can send").format(address=connection.address)


def _default_sender(ws: Workspace) -> str | Found:
    sender = ws.company().sender
    if not sender.kind and ws.connection() is None:
        return Found("⚠", _("none is set up, so nothing can be sent. Set one up in Settings, or: facturier connect"))
    if not sender.kind:
        return Found("–", _("none is set up; invoices are sent from the Gmail address"))
    if folder := ws.company().practice:
        return Found("–", _("demo: not checked; all email is saved in {folder}").format(folder=folder))
    default_sender(ws).check()
    company = ws.company()
    where = default_type(company).place(sender)
    return _("{address} through {where} is ready").format(address=company.sender_address, where=where)


def _copies(ws: Workspace) -> str | Found:
    copies = copies_of(ws.store.path, ws.locations.copies)
    if not copies:
        return Found("–", _("none yet: Facturier creates one a day"))
    return _("the newest is {path}").format(path=copies[0])


def _reminders(ws: Workspace) -> str | Found:
    company = ws.company()
    if not company.automatic_reminders.on:
        return Found("–", _("not sent automatically"))
    words = automatic_words(company, last_day(ws.store))
    if not are_approved(ws, company):
        return Found("⚠", f"{words}. " + _("A member must first review and save the reminder settings."))
    return words


def _numbers(ws: Workspace) -> str | Found:
    found = check_numbers(ws.store)
    if not found.checked:
        return Found("–", _("none"))
    return Found("✓" if found.sound else "⚠", " ".join(islice(number_lines(found), _SHOWN)))


def _outbox(ws: Workspace) -> str:
    waiting, alerts = len(unfinished(ws.store)), count_alerts(ws.store)
    if doubtful := len(in_doubt(ws.store)):
        raise FacturierError(
            ngettext("{n} delivery is in doubt.", "{n} deliveries are in doubt.", doubtful).format(n=doubtful),
            todo=_("Check the Sent folder, then record what you found: facturier resolve REF --sent or --not-sent"),
        )
    if (paused := paused_by(ws.store)) is not None:
        raise FacturierError(
            _("The outbox was paused by {user}.").format(user=paused),
            kept=_("Nothing is sent."),
            todo=_("To resume: facturier outbox --resume"),
        )
    return _("{waiting} waiting; open alerts: {alerts}").format(waiting=waiting, alerts=alerts)
