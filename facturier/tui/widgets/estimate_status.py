"""How far an estimate is, in words."""

from datetime import date

from rich.cells import cell_len
from rich.text import Text

from facturier.models.books.invoice import Invoice
from facturier.models.books.invoice_row import InvoiceRow
from facturier.models.estimates.billing import Progress
from facturier.models.estimates.estimate_list import Progressing, ProgressStatus
from facturier.models.text.i18n import N_, _
from facturier.models.text.money import Money
from facturier.tui.themes.theme import ACTIVE, QUIET, SUCCESS, WARNING
from facturier.tui.widgets.status import DRAFT, VOID, Status, delivery_status, delivery_width
from facturier.tui.words.formatting import long_day, with_currency

_WORDS = {
    Progressing.DRAFT: DRAFT,
    Progressing.VOID: VOID,
    Progressing.ACCEPTED: Status("✓", N_("Accepted"), SUCCESS),
    Progressing.DECLINED: Status("✗", N_("Declined"), QUIET),
    Progressing.EXPIRED: Status("◷", N_("Expired"), WARNING),
}


def progress_text(one: Invoice | InvoiceRow, status: ProgressStatus) -> Text:
    """Return how far an estimate is. While there is no answer, that is its delivery."""
    if status.progressing is Progressing.BILLED:
        words = _("Billed {percent}%").format(percent=status.percent)
        return Text(f"✓ {words}", SUCCESS) if status.percent == 100 else Text(f"◑ {words}", ACTIVE)
    if status.progressing is Progressing.OPEN:
        return delivery_status(one.book_status, one.delivery, one.handed_over).text()
    return _WORDS[status.progressing].text()


def progress_width() -> int:
    """Return how many cells a column of these words needs."""
    billed = _("Billed {percent}%").format(percent=100)
    return max(delivery_width(), *(cell_len(status.text().plain) for status in _WORDS.values()), 2 + cell_len(billed))


def billed_words(progress: Progress, currency: str) -> str:
    """Return what is billed so far, and what remains."""
    billed, rest = (with_currency(Money(amount, currency)) for amount in (progress.billed, progress.rest.total))
    if not progress.invoices:
        return _("Nothing billed yet.")
    if progress.percent == 100:
        return _("Billed {amount}.").format(amount=billed)
    return _("Billed {amount} ({percent}%). {rest} remains.").format(amount=billed, percent=progress.percent, rest=rest)


def answered_words(estimate: Invoice, today: date) -> str:
    """Return the answer with its day, or how long the estimate is valid."""
    if estimate.answered is not None:
        words = _("Accepted on {day}") if estimate.answer == "accepted" else _("Declined on {day}")
        return words.format(day=long_day(estimate.answered))
    return _("No longer valid") if estimate.due < today else ""
