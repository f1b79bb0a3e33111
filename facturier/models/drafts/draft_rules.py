"""What an invoice must be before it is sent: the same rules for the editor, for `facturier draft` and for sending."""

from collections.abc import Callable, Iterator
from datetime import date

from facturier.models.books import customers
from facturier.models.books.invoice import ONE_LINE, Invoice
from facturier.models.errors import InputError
from facturier.models.settings.line import LARGEST, check_deposit, check_discount, unknown_taxes
from facturier.models.settings.tax import tax_name
from facturier.models.text.dates.dates import FIRST, LAST, LONGEST
from facturier.models.text.dates.terms import Terms, check_rule
from facturier.models.text.i18n import N_, _, labelled, spoken
from facturier.models.text.limits import LINES, NAME, TEXT, check_lengths
from facturier.models.text.money import Money, parse_amount


def check_due(day: date, due: date) -> date:
    """The due date of an invoice of that day. Raises InputError for one before it, and for one too long after it."""
    if due < day:
        raise InputError(_("The due date cannot be before the invoice date."))
    if due > LAST:
        raise InputError(_("“{text}” is not a valid date.").format(text=due.isoformat()))
    if (due - day).days > LONGEST:
        raise InputError(_("Terms can be at most {days} days.").format(days=LONGEST))
    return due


def terms_and_due(day: date, usual: Terms, terms: Terms | None = None, due: date | None = None) -> tuple[Terms, date]:
    """Return the terms and the due date of an invoice of this day. Each gives the other; without both, the `usual`
    terms do.

    Raises InputError if the two contradict each other, and for a due date that is not possible.
    """
    if due is None:
        given = usual if terms is None else terms
        return given, check_due(day, given.due(day))
    days = (check_due(day, due) - day).days
    if terms is None:
        return usual.without_month_end(days), due
    if (meant := terms.due(day)) != due:
        raise InputError(
            _("With terms of {terms} days it is due on {meant}, not on {due}.").format(
                terms=terms.days, meant=meant.isoformat(), due=due.isoformat()
            )
        )
    return terms, due


def date_problems(invoice: Invoice) -> Iterator[tuple[str, str]]:
    """What is wrong with the dates of an invoice: the field's name and a sentence."""
    if not FIRST <= invoice.date <= LAST:
        yield "date", _("“{text}” is not a valid date.").format(text=invoice.date.isoformat())
    try:
        check_rule(invoice.terms_rule)
        terms_and_due(invoice.date, invoice.payment_terms, invoice.payment_terms, invoice.due)
    except InputError as error:
        yield "due", str(error)


def amount_problems(invoice: Invoice) -> Iterator[str]:
    """What is wrong with the lines of an invoice, in sentences."""
    if None in invoice.totals.amounts:
        yield _("A line has a quantity or a rate that is not a number.")
    if unknown := unknown_taxes(invoice.lines, {rate.code for rate in invoice.rates}):
        yield _("Unknown tax “{code}”.").format(code=tax_name(unknown[0], spoken()))
    if not invoice.is_credit:  # it has the amounts of its invoice
        yield from _inexact(invoice)


def _inexact(invoice: Invoice) -> Iterator[str]:
    """Amounts with more decimals than the currency: perhaps the currency was changed later."""
    checks: tuple[tuple[str, str, Callable[[str, str], object]], ...] = (
        (N_("Discount"), invoice.discount, check_discount),
        (N_("Shipping"), invoice.shipping or "0", parse_amount),
        (N_("Deposit"), invoice.deposit, check_deposit),
        *((N_("Discount"), line.discount, check_discount) for line in invoice.lines if line.discount),
    )
    for label, typed, check in checks:
        try:
            check(typed, invoice.currency)
        except InputError as error:
            yield labelled(_(label), error)


# What a line holds, with the label and the maximum length of each text.
_LONGEST = (
    *((N_("Item"), NAME), (N_("Description"), TEXT)),
    *((label, NAME) for label in (N_("Qty"), N_("Rate"), N_("Tax"))),
)


def check_sizes(invoice: Invoice) -> None:
    """Raises InputError for what is too long or too large to be kept, finished or not."""
    customers.check_sizes(invoice.customer)
    check_lengths(*((label, getattr(invoice, name), NAME) for name, label in ONE_LINE.items()))
    check_lengths((N_("Message"), invoice.message, TEXT))
    if len(invoice.lines) > LINES:
        raise InputError(
            _("This invoice has {count} lines. An invoice can have at most {most}.").format(
                count=len(invoice.lines), most=LINES
            )
        )
    for place, line in enumerate(invoice.lines, 1):
        texts = (line.item, line.description, line.quantity, line.rate, line.tax)
        if max(map(len, texts)) > NAME:  # few lines are this long, and a save reads them all
            try:
                check_lengths(*((label, text, most) for text, (label, most) in zip(texts, _LONGEST, strict=True)))
            except InputError as error:
                raise InputError(_("Line {number}: {problem}").format(number=place, problem=error)) from None
    totals = invoice.totals
    if max(abs(totals.subtotal), abs(totals.total), *(abs(tax.amount) for tax in totals.taxes)) > LARGEST:
        most = Money(LARGEST, invoice.currency).text(spoken())
        raise InputError(
            _("The total is too large: an invoice can be at most {most} {currency}.").format(
                most=most, currency=invoice.currency
            )
        )
