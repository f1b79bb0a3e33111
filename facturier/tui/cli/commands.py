"""The commands of the program: where each is, and what it does."""

from typing import NamedTuple

from facturier.models.text.i18n import N_


class Verb(NamedTuple):
    """A command: its folder in `cli/verbs`, whose file has the name of the command, and its line in the help."""

    folder: str
    summary: str
    only_prints: bool = False  # it fails if its output cannot be written


# In the order of the help.
VERBS = {
    "practice": Verb("company", N_("the demo company: sample books and a Google simulator; nothing is really sent")),
    "new": Verb("company", N_("create a company file")),
    "list": Verb("invoices", N_("list the invoices with their delivery and payment status"), only_prints=True),
    "show": Verb("invoices", N_("show an invoice, or write its PDF or email to a file"), only_prints=True),
    "draft": Verb("invoices", N_("create drafts from JSON")),
    "duplicate": Verb("invoices", N_("create drafts with the customer and lines of other invoices")),
    "delete": Verb("invoices", N_("delete drafts")),
    "recurring": Verb("invoices", N_("create invoices on a schedule; list, pause and skip them")),
    "attach": Verb("invoices", N_("list, add or remove the files that are sent with an invoice")),
    "import": Verb("company", N_("import customers or items from a file, or a company from its export")),
    "customers": Verb("customers", N_("list the customers with what they owe"), only_prints=True),
    "customer": Verb("customers", N_("show, create or change a customer; archive, delete or merge")),
    "items": Verb("items", N_("list the items with their rates"), only_prints=True),
    "item": Verb("items", N_("show, create or change an item")),
    "export": Verb(
        "company", N_("export lists as CSV or JSON, the whole company as JSON, or PDFs as a zip file"), only_prints=True
    ),
    "connect": Verb("sending", N_("connect a Google account, also without a browser")),
    "disconnect": Verb("sending", N_("remove the company’s Gmail address")),
    "send": Verb("sending", N_("queue invoices, send them and report on each")),
    "issue": Verb("invoices", N_("issue invoices without sending them, or mark them as sent")),
    "undo": Verb("sending", N_("undo sends that are still waiting in the outbox")),
    "void": Verb("invoices", N_("void issued invoices that the customer does not have")),
    "credit": Verb("invoices", N_("create a draft credit note for an invoice, whole or in part")),
    "estimate": Verb("invoices", N_("list the estimates, record the answers, and create invoices from them")),
    "pay": Verb("money", N_("record a payment, a refund, a credit or a write-off")),
    "payments": Verb("money", N_("list what customers paid, or remove a payment"), only_prints=True),
    "apply": Verb("money", N_("apply a credit note to an invoice of the same customer")),
    "rate": Verb("money", N_("enter the exchange rate of an issued invoice that has none")),
    "chase": Verb("money", N_("list the reminders that are due today, and send them; for cron")),
    "statement": Verb("money", N_("show a customer’s statement of account, write its PDF, or send it")),
    "statements": Verb("money", N_("list the customers with a balance, and send them their statements")),
    "report": Verb(
        "money",
        N_("print a report: aging, sales, payments or taxes of a period, or the check of numbers"),
        only_prints=True,
    ),
    "outbox": Verb("sending", N_("list the outbox; pause and resume it"), only_prints=True),
    "post": Verb("sending", N_("send the invoices in the outbox; for cron and systemd")),
    "alerts": Verb("sending", N_("list the open alerts"), only_prints=True),
    "resolve": Verb("sending", N_("record whether a delivery in doubt was sent")),
    "bounce": Verb("sending", N_("record a bounced email")),
    "numbers": Verb("invoices", N_("look for gaps and duplicates in the numbers"), only_prints=True),
    "doctor": Verb(
        "program",
        N_("check the file, SQLite, the vault, the connection and the sender, and say what to do"),
        only_prints=True,
    ),
    "backup": Verb("company", N_("back up the company file, also while it is in use")),
    "restore": Verb("company", N_("replace the company with a backup")),
    "adopt": Verb("company", N_("use a moved or copied file as the company from now on")),
    "people": Verb("users", N_("list the members and the access requests"), only_prints=True),
    "ask": Verb("users", N_("request access")),
    "admit": Verb("users", N_("approve a person who requested access")),
    "dismiss": Verb("users", N_("remove a member, or decline an access request")),
    "passphrase": Verb("users", N_("protect your key with a passphrase")),
    "keys": Verb("program", N_("list the keys in effect, and check your key file"), only_prints=True),
    "completion": Verb("program", N_("print the completion script for a shell"), only_prints=True),
}


def module_name(verb: str) -> str:
    """Return the name of the module that has the command."""
    return f"facturier.tui.cli.verbs.{VERBS[verb].folder}.{verb}"
