"""Keeping a draft in the company file while a person types it."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from textual import log

from facturier.models.books.drafts import delete_draft, save_draft
from facturier.models.books.invoice import Customer, Invoice
from facturier.models.books.invoices import get_invoice
from facturier.models.errors import ChangedElsewhere, FacturierError, NoSuchInvoice, StoreError
from facturier.models.settings.settings import read_company
from facturier.models.settings.tax import rates_on
from facturier.models.store.store import Store
from facturier.models.text.i18n import _


class Autosave:
    """Saves what differs from what the store has, one save at a time, off the screen's thread.

    `snapshot` turns the draft as kept into the draft as typed. `kept` is the draft as the store has it (`id` None while
    it does not), `at` when that was last known to be what was typed, `problem` why it is not. `followed` is called when
    a save took on a changed customer, with the customer before and after: the screen must follow, or the next save
    would change it back.
    """

    def __init__(
        self,
        store: Store,
        draft: Invoice,
        snapshot: Callable[[Invoice], Invoice],
        followed: Callable[[Customer, Customer], None],
    ) -> None:
        self.kept = draft
        self.at: datetime | None = None
        self.problem: FacturierError | None = None
        self._store = store
        self._snapshot = snapshot
        self._followed = followed
        self._blank = draft if draft.id is None else None
        self._lock = asyncio.Lock()

    @property
    def unsaved(self) -> bool:
        """Whether something was typed that the store does not have."""
        return as_typed(self._snapshot(self.kept)) != as_typed(self.kept)

    @property
    def conflict(self) -> bool:
        """Whether only a person can say what to keep: trying again will not help."""
        return isinstance(self.problem, ChangedElsewhere)

    async def save(self) -> bool:
        """Save until the store has what was typed. False if it could not be saved; `problem` says why."""
        async with self._lock:
            while self.unsaved:
                if not await self._try(self._keep):
                    return False
            self.problem = None
            if self.kept.id is not None:
                self.at = self._store.clock()
            return True

    async def save_as_new(self) -> bool:
        """Save what was typed as a draft of its own and go on with that one."""
        async with self._lock:
            return await self._try(self._keep_as_new)

    async def drop_if_blank(self) -> None:
        """Throw away a draft that was begun here and has nothing in it again."""
        async with self._lock:
            if self._blank is None or self.kept.id is None or as_typed(self.kept) != as_typed(self._blank):
                return
            if await self._try(self._drop):
                self.kept = self._blank

    async def follow(self) -> None:
        """Take on what the store gives to every draft: new tax rates, and what changed of the customer. Raises
        StoreError."""
        async with self._lock:
            if self.kept.id is None:
                company = read_company(self._store)
                rates = rates_on(company.rates, self.kept.date)
                self.kept = replace(self.kept, rates=rates, per_line=company.per_line)
            elif (theirs := self._only_followed()) is not None:
                self.kept = theirs

    async def _try(self, change: Callable[[Invoice], Invoice]) -> bool:
        typed = self._snapshot(self.kept)
        try:
            self.kept = await asyncio.to_thread(change, typed)
        except FacturierError as error:
            self.problem = error
        except Exception as error:  # noqa: BLE001 - whatever it is, what was typed must outlive it
            log.error(f"saving a draft: {error!r}")
            self.problem = StoreError(
                _("Could not save the draft: {reason}.").format(reason=error),
                kept=_("What you typed is still on this screen."),
                todo=_("Facturier tries again every few seconds."),
            )
        else:
            self.problem = None
            self.at = self._store.clock()
            if self.kept.customer != typed.customer:
                self._followed(typed.customer, self.kept.customer)
            return True
        return False

    def _keep(self, typed: Invoice) -> Invoice:
        try:
            return save_draft(self._store, typed, keep_customer=False, before=self.kept)
        except ChangedElsewhere:
            theirs = self._only_followed()
            if theirs is None:
                raise
        # New tax rates, and a customer's new address, reach every draft: nobody typed into this one.
        untouched = typed.customer == self.kept.customer
        typed = replace(
            typed,
            version=theirs.version,
            rates=theirs.rates,
            per_line=theirs.per_line,
            customer=theirs.customer if untouched else typed.customer,
        )
        return save_draft(self._store, typed, keep_customer=False)

    def _only_followed(self) -> Invoice | None:
        """The draft as the store has it, where it differs only in what drafts take on from settings and customer."""
        assert self.kept.id is not None
        try:
            theirs = get_invoice(self._store, self.kept.id)
        except NoSuchInvoice:
            return None
        same_customer = theirs.customer.id == self.kept.customer.id
        alike = as_typed(replace(theirs, customer=self.kept.customer)) == as_typed(self.kept)
        return theirs if alike and same_customer and theirs.book_status is self.kept.book_status else None

    def _keep_as_new(self, typed: Invoice) -> Invoice:
        return save_draft(self._store, replace(typed, id=None, version=0), keep_customer=False)

    def _drop(self, typed: Invoice) -> Invoice:
        assert typed.id is not None
        delete_draft(self._store, typed.id)
        return typed


def as_typed(invoice: Invoice) -> Invoice:
    """The part of an invoice that a person types, so that two states of it can be compared."""
    customer = replace(invoice.customer, terms=None, tax="", currency="")
    return replace(invoice, id=None, version=0, customer=customer, rates=(), per_line=False, paid=0, delivery=None)
