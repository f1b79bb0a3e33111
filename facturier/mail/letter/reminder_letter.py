"""The text of a reminder: one built-in template for each tone, and what it says about interest and fees."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from facturier.mail.document.formatting import percent, priced
from facturier.mail.document.texts.content import document_language
from facturier.mail.letter.filling import fill_markdown
from facturier.mail.letter.placeholders import PLACEHOLDER, letter_values
from facturier.models.books.invoice import Invoice
from facturier.models.settings.company import Company
from facturier.models.settings.reminders import Level, Tone
from facturier.models.text.decimals import read_decimal
from facturier.models.text.i18n import N_, catalogue
from facturier.models.text.money import Money, to_minor

_TEMPLATES = {
    Tone.SOON: N_(
        "Hello {contact},\n\nInvoice **{number}** is due on {due}. The balance is {balance}. The invoice is attached "
        "again as a PDF.\n\nIf your payment is already on its way, thank you. You can ignore this email.\n\nBest "
        "regards,\n{company}"
    ),
    # This one may be sent a few days late, so its words fit those days too.
    Tone.TODAY: N_(
        "Hello {contact},\n\nThis is a reminder about invoice **{number}**: {balance}, due {due}. The invoice is "
        "attached again as a PDF.\n\nIf your payment is already on its way, thank you. You can ignore this email.\n\n"
        "Best regards,\n{company}"
    ),
    Tone.FRIENDLY: N_(
        "Hello {contact},\n\nInvoice **{number}** was due on {due}, and we have not received your payment of "
        "{balance} yet. The invoice is attached again as a PDF.\n\n{charges}\n\nIf you have just paid, thank you. If "
        "something is wrong with the invoice, just reply to this email.\n\nBest regards,\n{company}"
    ),
    Tone.FIRM: N_(
        "Hello {contact},\n\nInvoice **{number}** was due on {due} and is now {days_late} days overdue. The balance is "
        "{balance}.\n\nPlease pay it now, or tell us when you will. The invoice is attached again as a PDF.\n\n"
        "{charges}\n\nIf something is wrong with the invoice, just reply to this email.\n\nBest regards,\n{company}"
    ),
    Tone.FINAL: N_(
        "Hello {contact},\n\nWe have still not received {balance} for invoice **{number}**, which was due on {due}. It "
        "is {days_late} days overdue.\n\nPlease pay it within 7 days. If you cannot, reply to this email so that we "
        "can agree on a date. Otherwise we will have to take further steps to collect the amount.\n\n{charges}\n\nThe "
        "invoice is attached again as a PDF.\n\nRegards,\n{company}"
    ),
}
_INTEREST = N_("Interest of {percent} per year applies to overdue amounts. To date it is {amount}.")
_FEE = N_("A late payment fee of {amount} applies.")


def default_reminder(tone: Tone, language: str) -> str:
    """Return the built-in template of a tone, in Markdown."""
    return catalogue(language).gettext(_TEMPLATES[tone])


def reminder_template(level: Level, language: str) -> str:
    """Return the company's template of a level in a language, or the built-in one."""
    return level.texts.get(language) or default_reminder(level.tone, language)


def reminder_text(invoice: Invoice, company: Company, level: Level, today: date) -> str:
    """Return the email of a level for an invoice as Markdown, in the customer's language.

    What the level says about interest and a fee is at `{charges}`, or at the end if the template does not have it.
    """
    language = document_language(invoice, company)
    late = (today - invoice.due).days
    charges = " ".join(_charges(invoice, level, late, language))
    template = reminder_template(level, language)
    if charges and "charges" not in (match[1] for match in PLACEHOLDER.finditer(template)):
        template = f"{template.rstrip()}\n\n{{charges}}"
    values = letter_values(invoice, company) | {"days_late": str(max(late, 0)), "charges": charges}
    return fill_markdown(template, values)


def _charges(invoice: Invoice, level: Level, late: int, language: str) -> Iterator[str]:
    """Yield the sentences about interest and a fee. They are about overdue amounts, so there are none before.

    The rate is stated per year, as section 4 of Canada's Interest Act and the law of the EU on late payments (Directive
    2011/7/EU) have it. Interest is simple, on the balance, for the days since the due date.
    """
    if late <= 0:
        return
    gettext = catalogue(language).gettext
    if level.interest:
        rate = read_decimal(level.interest)
        yield gettext(_INTEREST).format(
            percent=percent(rate, language), amount=priced(interest(invoice.balance, rate, late), language)
        )
    if level.fee:
        fee = Money(to_minor(read_decimal(level.fee), invoice.currency), invoice.currency)
        yield gettext(_FEE).format(amount=priced(fee, language))


def interest(balance: Money, rate: Decimal, days: int) -> Money:
    """Return simple interest at `rate` percent per year of 365 days."""
    amount = balance.amount * rate / 100 * days / 365
    return Money(to_minor(amount, balance.currency), balance.currency)
