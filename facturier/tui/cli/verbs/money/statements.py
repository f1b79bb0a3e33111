"""facturier statements: the customers with a balance, and their statements of account by email."""

import argparse

from facturier.mail.notices.statement import Period, StatementEmail, send_statement, statement_email
from facturier.mail.workspace import Workspace
from facturier.models.books.status import State
from facturier.models.errors import AlreadySent
from facturier.models.outbox.delivery import Delivery
from facturier.models.receivables.accounts import Account, open_accounts
from facturier.models.text.i18n import _, labelled, spoken
from facturier.models.text.money import Money
from facturier.tui.cli.shell import Shell
from facturier.tui.cli.verbs.money.statement import add_period, check_warnings, period_of, sending_object
from facturier.tui.cli.verbs.sending.outbox import as_text
from facturier.tui.cli.verbs.sending.send import delivered
from facturier.tui.errors.faults import as_problem
from facturier.tui.terminal.exit_status import DONE, REFUSED
from facturier.tui.words.formatting import with_currency
from facturier.tui.words.states import state_word


def add(parser: argparse.ArgumentParser) -> None:
    add_period(parser)
    do = parser.add_mutually_exclusive_group()
    do.add_argument("--send", action="store_true", help=_("send each of them a statement, once a day at most"))
    do.add_argument("--dry-run", action="store_true", help=_("show what would happen to each, and send nothing"))
    parser.add_argument("--yes", action="store_true", help=_("send despite warnings"))
    parser.add_argument("--json", action="store_true", help=_("as JSON, for programs"))


def run(options: argparse.Namespace, shell: Shell) -> int:
    ws = shell.workspace(looking=not options.send)
    period = period_of(options, ws.today())
    accounts = open_accounts(ws.store, ws.today())
    if options.send:
        return _send(ws, shell, accounts, period, options)
    if options.dry_run:
        return _dry_run(ws, shell, accounts, period, options)
    if options.json:
        shell.say_json([_object(account) for account in accounts])
    else:
        for account in accounts:
            shell.say(_line(account))
    return DONE


def _dry_run(
    ws: Workspace, shell: Shell, accounts: list[Account], period: Period | None, options: argparse.Namespace
) -> int:
    emails = [statement_email(ws, account.customer_id, account.currency, period) for account in accounts]
    words = [_word(email, despite_warnings=options.yes) for email in emails]
    if options.json:
        together = zip(accounts, emails, words, strict=True)
        shell.say_json([_object(one) | {"result": word} | sending_object(email) for one, email, word in together])
    else:
        for account, email, word in zip(accounts, emails, words, strict=True):
            people = ", ".join(email.envelope.recipients) or "–"
            amount = with_currency(Money(email.statement.closing, account.currency))
            shell.say(f"{account.name}  {state_word(word)}  {email.envelope.sender or '–'} → {people}  {amount}")
            for finding in email.findings:
                shell.say(f"    {labelled(state_word(finding.level), finding.text)}")
    return REFUSED if {"error", "warning"} & set(words) else DONE


def _word(email: StatementEmail, *, despite_warnings: bool) -> str:
    if email.sent_today:
        return "sent_today"
    if email.errors:
        return "error"
    return "ready" if (despite_warnings and not email.refused) or not email.findings else "warning"


def _send(
    ws: Workspace, shell: Shell, accounts: list[Account], period: Period | None, options: argparse.Namespace
) -> int:
    """Queue all of them, then send them. A statement that was sent today is left out, and that is no failure."""
    status, results, queued = DONE, [], []
    for account in accounts:
        delivery: Delivery | None = None
        word = "queued"
        try:
            email = statement_email(ws, account.customer_id, account.currency, period)
            if email.sent_today:
                word = "sent_today"
            else:
                # After a refusal, a person decides: this command may run every hour.
                check_warnings(email, despite_warnings=options.yes and not email.refused)
                delivery = send_statement(ws, email, not_before=ws.clock())
                queued.append(delivery)
        except AlreadySent:  # another process was faster
            word = "sent_today"
        except Exception as error:  # noqa: BLE001 - logged there; the others are still sent
            status, word = REFUSED, "error"
            shell.tell(labelled(account.name, as_problem(error)))
        results.append((account, word, delivery))
    ended = {delivery.id: delivery for delivery in delivered(ws, shell, queued)}
    objects = []
    for account, word, delivery in results:
        last = ended.get(delivery.id, delivery) if delivery is not None else None
        if last is not None and last.state is not State.SENT:
            status = REFUSED
        if options.json:
            result = str(last.state) if last is not None else word
            objects.append(_object(account) | {"result": result, "delivery": last.id if last is not None else None})
        elif last is not None:
            shell.say(f"{account.name}  {as_text(last, ws.clock())}")
        elif word == "sent_today":
            said = _("already queued or sent today")
            shell.say(f"{account.name}  {said}")
    if options.json:
        shell.say_json(objects)
    return status


def _object(account: Account) -> dict[str, object]:
    """Return an account for programs: amounts in minor units, and as decimal text beside them."""
    return {
        "customer": {"id": account.customer_id, "name": account.name},
        "currency": account.currency,
        "owed": account.owed,
        "owed_text": Money(account.owed, account.currency).plain(),
        "overdue": account.overdue,
        "overdue_text": Money(account.overdue, account.currency).plain(),
        "last_sent": account.sent.isoformat() if account.sent is not None else None,
    }


def _line(account: Account) -> str:
    owed, overdue = (Money(minor, account.currency).text(spoken()) for minor in (account.owed, account.overdue))
    sent = f"{account.sent.astimezone():%Y-%m-%d}" if account.sent is not None else ""
    parts = (f"@{account.customer_id:<6}", f"{account.name[:32]:32}", f"{owed:>14}", f"{overdue:>14}")
    return "  ".join((*parts, account.currency, sent)).rstrip()
