"""The approval of automatic reminders: a member's program sends them only with settings that a member saved.

Nobody looks at an automatic reminder before it is sealed. Everybody who can write the company file could switch them on
and change what they say. So the settings that decide this have a mark, which only members can make.
"""

import hmac
import json
from contextlib import suppress
from dataclasses import asdict

from facturier.mail.vault.permission import has_members
from facturier.mail.vault.vault import Secrets
from facturier.mail.workspace import Workspace
from facturier.models.errors import DamagedRow
from facturier.models.settings.company import Company
from facturier.models.settings.reminders import write_levels
from facturier.models.settings.settings import read_company
from facturier.models.store.setting import read_setting, write_setting
from facturier.models.store.store import Store

_MARK = "reminders_approved"  # the setting with the mark
_PURPOSE = "facturier reminders 1"
# What an automatic reminder says besides its own text.
_SAID = ("name", "email", "telephone", "iban", "bic", "pay_link", "payment_texts")


def are_approved(ws: Workspace, company: Company) -> bool:
    """Return whether a member saved these settings of automatic reminders. True in a company without members.

    Raises VaultError if this person cannot know.
    """
    return not has_members(ws) or _has_mark(ws.store, ws.keys.vault.read(), company)


def approve_reminders(ws: Workspace, company: Company) -> None:
    """Record that a member saved these settings. Nothing happens in a company without members.

    Raises VaultError if this person may not send.
    """
    if not has_members(ws):
        return
    secrets = ws.keys.vault.read()
    with ws.store.writing():
        write_setting(ws.store, _MARK, json.dumps(_mark(secrets, company)))


def approve_again(store: Store, before: Secrets, after: Secrets) -> None:
    """Renew the mark for the new key of the members if it was valid, inside the caller's transaction."""
    company = read_company(store)
    if _has_mark(store, before, company):
        write_setting(store, _MARK, json.dumps(_mark(after, company)))


def _has_mark(store: Store, secrets: Secrets, company: Company) -> bool:
    with suppress(DamagedRow, ValueError):
        found = json.loads(read_setting(store, _MARK) or '""')
        return isinstance(found, str) and hmac.compare_digest(found.encode(), _mark(secrets, company).encode())
    return False


def what_counts(company: Company) -> str:
    """Return the settings that are approved."""
    said = {name: getattr(company, name) for name in _SAID}
    if company.copies:  # a company without copies keeps the approval that it has
        said["copies"] = company.copies
    if company.removed_copies:
        said["removed_copies"] = {address: at.isoformat() for address, at in company.removed_copies.items()}
    settings = [asdict(company.automatic_reminders), write_levels(company.levels), said]
    return json.dumps(settings, sort_keys=True)


def _mark(secrets: Secrets, company: Company) -> str:
    approved = json.dumps([_PURPOSE, what_counts(company)])
    return hmac.new(secrets.seal_key.encode(), approved.encode(), "sha256").hexdigest()
