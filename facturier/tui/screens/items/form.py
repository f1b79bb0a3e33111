"""The form that creates or changes an item."""

import asyncio
from decimal import Decimal
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widgets import Input, Label

from facturier.mail.document.formatting import unit_price
from facturier.mail.workspace import Workspace
from facturier.models.books.invoice import Item
from facturier.models.errors import FacturierError
from facturier.models.items.item_rates import check_rate, parse_item_rates
from facturier.models.items.items import check_item, check_name, save_item
from facturier.models.settings.tax import check_tax, common_taxes, rates_on, tax_names
from facturier.models.settings.units import check_unit, unit_words
from facturier.models.text.i18n import N_, _, spoken
from facturier.models.text.limits import NAME
from facturier.tui import keys
from facturier.tui.screen import Dialog, once
from facturier.tui.screens.dialogs.dialogs import ConfirmScreen
from facturier.tui.screens.dialogs.problems import show_problem
from facturier.tui.widgets.inputs.fields import Area, Field, would_be_lost
from facturier.tui.widgets.inputs.labelled_field import LabelledField
from facturier.tui.widgets.keybar import KeyBar


class ItemScreen(Dialog[Item | None]):
    """Answers the item as it was saved, or None if the user went back. Without `item`, a new one is created."""

    BINDINGS: ClassVar[list[BindingType]] = [
        keys.SAVE.on("item.save", N_("Save the item. Issued invoices do not change."), priority=True),
        keys.BACK_FROM_FORM.on("item.back", N_("Discard the changes to the item.")),
    ]

    def __init__(self, ws: Workspace, item: Item | None = None) -> None:
        super().__init__(classes="dialog")
        self._ws = ws
        self._item = item or Item("")
        self._was = item.name if item is not None else None
        self._company = ws.company()
        self._start: tuple[str, ...] = ()

    def compose(self) -> ComposeResult:
        item, currency = self._item, self._company.currency
        rates = {rate.code: rate for rate in self._company.rates}
        current = rates_on(self._company.rates, self._ws.today())
        usual = next(iter([*common_taxes(current), *(rate.code for rate in current)]), "")
        with Vertical(classes="dialog-box", id="item-box"):
            yield Label(_("New item") if self._was is None else _("Item"), markup=False, classes="dialog-title")
            yield Field(_("Name"), item.name, check=self._check_name, most=NAME, id="name")
            yield Field(_("SKU"), item.sku, most=NAME, id="sku")
            yield Field(
                _("Rate {currency}").format(currency=currency),
                unit_price(item.rate, currency, spoken()) if item.rate else "",
                check=lambda text: check_rate(text, currency),
                whole=True,
                id="rate",
            )
            yield Field(
                _("Other rates"),
                "; ".join(f"{code} {unit_price(rate, code, spoken())}" for code, rate in item.rates.items()),
                check=lambda text: parse_item_rates(text, currency),
                placeholder=_("e.g. USD 110.50, EUR 95"),
                id="rates",
            )
            yield Field(
                _("Unit"),
                unit_words(item.unit, Decimal(1), spoken()),
                check=check_unit,
                placeholder=_("e.g. hour, day, box"),
                whole=True,
                most=NAME,
                id="unit",
            )
            yield Field(
                _("Tax"),
                tax_names(item.tax, spoken()),
                check=lambda text: check_tax(text, rates),
                placeholder=_("e.g. {example}").format(example=tax_names(usual, spoken())) if usual else "",
                whole=True,
                id="tax",
            )
            yield Area(_("Description (English)"), item.description, lines=2, at_end=True, id="description")
            yield Area(_("Description (French)"), item.description_fr, lines=2, at_end=True, id="description-fr")
            yield KeyBar()

    def on_mount(self) -> None:
        self._start = self._texts()
        self._field("name").input.focus()

    @on(Input.Submitted)
    def _go_on(self, event: Input.Submitted) -> None:
        event.stop()
        self.focus_next()

    @work(group="save")
    @once
    async def action_save(self) -> None:
        """Save it, or go to the first field that is wrong."""
        for field in self.query(LabelledField):
            if field.problem:
                field.show_problem(field.problem)
                field.query_one("Input, TextArea").focus()
                return
        try:
            saved = await asyncio.to_thread(self._save, self._typed())
        except FacturierError as error:
            show_problem(self, error)
            return
        self.dismiss(saved)

    def _save(self, item: Item) -> Item:
        seen = self._item if self._was is not None else None
        with self._ws.store.writing():
            return save_item(self._ws.store, check_item(self._ws.store, item, self._was), self._was, seen=seen)

    @work
    async def action_back(self) -> None:
        if self.busy:
            return
        question = _("Go back without saving this item?")
        if not self.half_typed() or await self.app.push_screen_wait(ConfirmScreen(question, self.half_typed())):
            self.dismiss(None)

    def half_typed(self) -> str:
        return would_be_lost() if self._start and self._texts() != self._start else ""

    def _typed(self) -> Item:
        name, sku, rate, rates, unit, tax, description, description_fr = self._texts()
        return Item(
            name=name,
            description=description,
            rate=rate,
            tax=tax,
            sku=sku,
            description_fr=description_fr,
            unit=unit,
            rates=parse_item_rates(rates, self._company.currency),
            archived=self._item.archived,
        )

    def _texts(self) -> tuple[str, ...]:
        return tuple(field.text for field in self.query(LabelledField))

    def _check_name(self, text: str) -> None:
        check_name(self._ws.store, text, self._was)

    def _field(self, name: str) -> Field:
        return self.query_one(f"#{name}", Field)
