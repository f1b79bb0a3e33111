"""Save the settings of a company and apply their effects on drafts and deliveries."""

import json
from dataclasses import asdict, fields

from facturier.models.books.drafts import tax_drafts_again
from facturier.models.books.journal import write_journal
from facturier.models.books.numbering import is_taken
from facturier.models.errors import InputError
from facturier.models.outbox.pauses import try_again
from facturier.models.settings.company import Company, check_sizes
from facturier.models.settings.settings import read_company
from facturier.models.settings.tax import write_rates
from facturier.models.store.setting import write_setting
from facturier.models.store.store import Store
from facturier.models.text.i18n import _


def save_company(store: Store, company: Company) -> None:
    """Save the settings and record in the journal which ones changed.

    A changed tax rate is applied to drafts. Raises InputError if the next number is already taken or a text is too
    long.
    """
    check_sizes(company)
    with store.writing():
        before = read_company(store)
        changed = [
            field.name for field in fields(Company) if getattr(before, field.name) != getattr(company, field.name)
        ]
        if not changed:
            return
        if is_taken(store, company.number):
            raise InputError(_("Invoice {number} already exists.").format(number=company.number))
        for name in changed:
            write_setting(store, name, json.dumps(_plain(name, company), ensure_ascii=False))
        if "rates" in changed or "per_line" in changed:
            tax_drafts_again(store, company)
        if "sender" in changed:
            try_again(store, before.sender.address or before.email)
        write_journal(store, "settings", changed=", ".join(changed))


def _plain(name: str, company: Company) -> object:
    if name == "rates":
        return write_rates(company.rates)
    if name == "sender":
        return asdict(company.sender)
    return getattr(company, name)
