"""Create a company: its file, its name and the email address on its invoices."""

from dataclasses import replace
from pathlib import Path

from facturier.models.company.checklist import show_checklist
from facturier.models.company.save_settings import save_company
from facturier.models.errors import InputError
from facturier.models.settings.company import Company
from facturier.models.settings.tax_presets import with_preset
from facturier.models.store.opening import create_company
from facturier.models.store.store import Clock, Store, utc_now
from facturier.models.text.addresses import parse_address
from facturier.models.text.clean import clean
from facturier.models.text.decimals import parse_currency
from facturier.models.text.i18n import _


def new_company(
    path: Path,
    *,
    name: str,
    email: str,
    currency: str,
    language: str,
    taxes: str = "",
    clock: Clock = utc_now,
    user: str = "",
) -> Store:
    """Create the file. The company shows its checklist. `taxes` is a key of PRESETS: the place whose taxes it charges,
    empty for none yet.

    Raises InputError for what cannot be used, StoreError if the file cannot be created.
    """
    company = Company(
        name=check_name(name), email=parse_address(email), currency=parse_currency(currency), language=language
    )
    if taxes:
        company = replace(company, rates=with_preset((), taxes, clock().astimezone().date()))
    store = create_company(path, clock=clock, user=user)
    with store.writing():
        save_company(store, company)
        show_checklist(store, shown=True)
    return store


def check_name(name: str) -> str:
    """Raises InputError."""
    if not clean(name):
        raise InputError(_("A company needs a name."))
    return clean(name)
