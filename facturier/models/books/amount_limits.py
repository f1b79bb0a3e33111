"""What the sums of a company can hold."""

from facturier.models.errors import InputError
from facturier.models.store.store import Store
from facturier.models.text.i18n import _

# Half of what SQLite adds up (64 bits with a sign), so that what one transaction moves still fits.
_MOST = 2**62
# Amounts that no company has enough of to come near that: they are not added up at every save of a draft.
_SMALL = 10**9


def check_room(store: Store, amount: int) -> None:
    """Raises InputError where the company's sums could not be kept with so many minor units more, inside the
    transaction that adds them."""
    if abs(amount) <= _SMALL:
        return
    found = store.row("SELECT total(abs(total)), total(abs(balance)) FROM tally")
    if found and max(found) + 2 * abs(amount) > _MOST:
        raise InputError(_("This amount is too large: Facturier could no longer add up the company’s invoices."))
