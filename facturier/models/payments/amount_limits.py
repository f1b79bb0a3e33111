"""The largest amounts that the sums of a company can hold."""

from typing import Any

from peewee import fn

from facturier.models.errors import InputError
from facturier.models.store import tables
from facturier.models.store.store import Store
from facturier.models.text.i18n import _

# Half of the largest sum in SQLite (64 bits with a sign), so that the changes of one transaction still fit.
_MOST = 2**62
# No company has enough amounts of this size to come near that limit, so nothing is added up for them.
_SMALL = 10**9


def check_room(store: Store, amount: int) -> None:
    """Raises InputError where the company's sums could not be kept with so many minor units more, inside the
    transaction that adds them."""
    if abs(amount) <= _SMALL:
        return
    tally = tables.Tally
    if max(store.first(tally.select(_sum(tally.total), _sum(tally.balance)))) + 2 * abs(amount) > _MOST:
        raise InputError(_("This amount is too large: Facturier could no longer add up the company’s invoices."))


def _sum(amounts: Any) -> Any:
    """Add up as floating-point numbers, because a sum of integers that is too large is an error in SQLite."""
    return fn.COALESCE(fn.SUM(fn.ABS(amounts).cast("REAL")), 0.0)
