"""The texts of a statement of account. It has the form of an invoice's document, and is drawn by the same template."""

from collections.abc import Callable
from datetime import date
from itertools import accumulate

from facturier.mail.document.formatting import long_day, period, priced
from facturier.mail.document.payment_code import pay_link_of_statement
from facturier.mail.document.texts.content import Content, Detail, Headings, TableRow, joined, paper_for
from facturier.models.books.invoice import Customer
from facturier.models.receivables.statements import Entry, EntryKind, Statement
from facturier.models.settings.company import Company
from facturier.models.settings.line import LineKind
from facturier.models.text.clean import clean
from facturier.models.text.dates.dates import day_text
from facturier.models.text.i18n import LANGUAGES, N_, _, catalogue
from facturier.models.text.money import Money

TITLE = N_("Statement of account")
ENTRIES = {
    EntryKind.INVOICE: N_("Invoice {number}"),
    EntryKind.CREDIT_NOTE: N_("Credit note {number}"),
    EntryKind.PAYMENT: N_("Payment"),
    EntryKind.REFUND: N_("Refund"),
    EntryKind.DEPOSIT: N_("Deposit"),
    EntryKind.CREDIT: N_("Credit"),
    EntryKind.WRITE_OFF: N_("Write-off"),
}
AGES = (
    N_("Not due"),
    N_("1–30 days overdue"),
    N_("31–60 days overdue"),
    N_("61–90 days overdue"),
    N_("Over 90 days overdue"),
    N_("Credits"),
)


def statement_language(customer: Customer, company: Company) -> str:
    """Return the customer's language, or else the company's, or else English."""
    wanted = customer.language or company.language
    return wanted if wanted in LANGUAGES else "en"


def period_text(statement: Statement, language: str) -> str:
    """Return the period in words: `1 October 2026 – 31 October 2026`. Empty for open items."""
    return period(statement.first, statement.last, language)


def statement_name(customer: Customer) -> str:
    """Return what errors call the statement."""
    return _("the statement of {customer}").format(customer=clean(customer.name))


def statement_content(statement: Statement, customer: Customer, company: Company) -> Content:
    """Return the texts of a statement, in the customer's language."""
    language = statement_language(customer, company)
    gettext = catalogue(language).gettext
    to_pay = statement.closing > 0
    overdue = min(statement.aging.overdue, statement.closing)
    facts = (
        Detail(gettext("Date"), long_day(statement.day, language)),
        Detail(gettext("Period"), period_text(statement, language)),
        Detail(gettext("Currency"), statement.currency),
    )
    return Content(
        language=language,
        paper=paper_for(statement.currency),
        title=gettext(TITLE),
        number="",
        stamp="",
        company=clean(company.name),
        company_lines=joined(company.address, company.telephone, company.email),
        tax_numbers="",
        billed=clean(customer.name),
        billed_lines=joined(customer.contact, customer.address),
        shipped="",
        facts=tuple(fact for fact in facts if fact.text),
        headings=_headings(gettext, is_open=statement.is_open),
        taxed=statement.is_open,
        rows=_rows(statement, language),
        sums=_sums(statement, language),
        due=_due(statement, language),
        due_note=gettext("{amount} overdue").format(amount=priced(Money(overdue, statement.currency), language))
        if overdue > 0
        else "",
        payment_text=joined(company.payment_text_for(language)) if to_pay else "",
        pay_link=pay_link_of_statement(company, Money(statement.closing, statement.currency)) if to_pay else "",
        message="",
    )


def _headings(gettext: Callable[[str], str], *, is_open: bool) -> Headings:
    """Open items have five columns: document, date, total, due date and balance. A period has four."""
    return Headings(
        description=gettext("Description"),
        quantity=gettext("Date"),
        price=gettext("Total") if is_open else gettext("Amount"),
        tax=gettext("Due"),
        amount=gettext("Balance"),
        billed_to=gettext("Customer"),
        shipped_to="",
        carried=gettext("Carried forward"),
        brought=gettext("Brought forward"),
        page=gettext("Page {page} of {pages}"),
        payment=gettext("Payment instructions"),
        scan="",
    )


def _rows(statement: Statement, language: str) -> tuple[TableRow, ...]:
    def money(minor: int) -> str:
        return Money(minor, statement.currency).text(language)

    carried = accumulate(entry.balance for entry in statement.entries)
    rows = [
        TableRow(
            kind=str(LineKind.ITEM),
            title=entry_title(entry, language),
            description=_about(entry, language, is_open=statement.is_open),
            quantity=_day(entry.date, language),
            price=money(entry.total),
            tax=_day(entry.due, language) if statement.is_open and entry.due is not None else "",
            amount=money(entry.balance),
            carried=money(so_far if statement.is_open else entry.balance),
        )
        for entry, so_far in zip(statement.entries, carried, strict=True)
    ]
    if statement.first is not None:
        before = money(statement.opening)
        title, day = catalogue(language).gettext("Opening balance"), _day(statement.first, language)
        rows.insert(0, TableRow(str(LineKind.SUBTOTAL), title, "", day, "", "", before, before))
    return tuple(rows)


def entry_title(entry: Entry, language: str) -> str:
    """Return what a line is: `Invoice 1042`, `Payment`."""
    return catalogue(language).gettext(ENTRIES[entry.kind]).format(number=clean(entry.number))


def _about(entry: Entry, language: str, *, is_open: bool) -> str:
    """Return what is printed below a line: how late an invoice is or when it is due, and what a payment was."""
    words = catalogue(language)
    parts = []
    if entry.invoice_id is None and entry.number:
        parts.append(words.gettext("for {number}").format(number=clean(entry.number)))
    if entry.note:
        parts.append(clean(entry.note))
    if is_open and entry.late:
        parts.append(words.ngettext("{days} day overdue", "{days} days overdue", entry.late).format(days=entry.late))
    elif not is_open and entry.due is not None:
        parts.append(words.gettext("due on {date}").format(date=long_day(entry.due, language)))
    return ", ".join(parts)


def _day(day: date, language: str) -> str:
    return day_text(day, language).replace(" ", "\u00a0")


def _sums(statement: Statement, language: str) -> tuple[Detail, ...]:
    """Return the sums that add up to the balance: by age, or what was billed and paid in the period."""
    gettext = catalogue(language).gettext

    def row(label: str, minor: int) -> Detail:
        return Detail(gettext(label), Money(minor, statement.currency).text(language))

    if statement.is_open:
        ages = zip(AGES, statement.aging, strict=True)
        return tuple(row(label, minor) for label, minor in ages if minor or label != AGES[-1])
    kinds = {EntryKind.INVOICE: 0, EntryKind.CREDIT_NOTE: 0, EntryKind.PAYMENT: 0}
    for entry in statement.entries:
        kinds[entry.kind if entry.kind in kinds else EntryKind.PAYMENT] += entry.total
    labels = (N_("Invoices"), N_("Credit notes"), N_("Payments"))
    return (
        row(N_("Opening balance"), statement.opening),
        *(row(label, minor) for label, minor in zip(labels, kinds.values(), strict=True) if minor),
    )


def _due(statement: Statement, language: str) -> Detail:
    gettext = catalogue(language).gettext
    if statement.closing < 0:
        return Detail(gettext("Credit"), priced(Money(-statement.closing, statement.currency), language))
    label = gettext("Amount due") if statement.is_open else gettext("Closing balance")
    return Detail(label, priced(Money(statement.closing, statement.currency), language))
