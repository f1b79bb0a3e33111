"""Edit what has no cell in the list of lines: a line's discount, unit, service dates and kind."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input, Label

from facturier.models.settings.line import Line, LineKind, check_discount, kept_discount
from facturier.models.settings.units import UNITS, check_unit, unit_code
from facturier.models.text.dates.dates import day_text, parse_day
from facturier.models.text.i18n import N_, _, spoken
from facturier.tui import keys
from facturier.tui.screen import Dialog
from facturier.tui.screens.editor.details.period import period_is_valid, restore_wrong_period
from facturier.tui.screens.editor.lines.line_cells import number_text
from facturier.tui.widgets.inputs.fields import Choice, Field, restore_invalid
from facturier.tui.widgets.inputs.labelled_field import LabelledField
from facturier.tui.widgets.keybar import KeyBar


class LineScreen(Dialog[Line | None]):
    """Returns the line with its details, or None if the user went back.

    `keep` is called with it instead if the program ends and nobody can be asked.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        keys.DONE.on("line.save", priority=True),
        Binding(
            "ctrl+l",
            "invoice",
            N_("Details of the invoice"),
            tooltip=N_("Keep what you typed here, and edit the discount, shipping and deposit of the whole invoice."),
            id="line.invoice",
        ),
        keys.CANCEL.on("line.cancel"),
    ]

    def __init__(self, line: Line, number: int, currency: str, today: date, keep: Callable[[Line], None]) -> None:
        super().__init__(classes="dialog")
        self._keep = keep
        self._line = line
        self._number = number
        self._currency = currency
        self._today = today
        self.onward = False  # whether the details of the invoice are wanted next

    def compose(self) -> ComposeResult:
        line = self._line
        kinds = {"item": _("Item"), "heading": _("Heading"), "subtotal": _("Subtotal of the lines above")}
        with Vertical(classes="dialog-box", id="line-box"):
            title = _("Details of line {number}").format(number=self._number)
            yield Label(title, markup=False, classes="dialog-title")
            number = _("An amount, or 10%")
            yield Field(
                _("Discount"),
                number_text(line.discount),
                check=lambda text: check_discount(text, self._currency),
                placeholder=number,
                whole=True,
                id="discount",
            )
            example = _("e.g. hour, day, km")
            yield Field(_("Unit"), _unit_text(line.unit), check=check_unit, placeholder=example, whole=True, id="unit")
            for name, label in (("service_from", _("Service from")), ("service_to", _("Service to"))):
                day = getattr(line, name)
                text = day_text(day, spoken()) if day else ""
                yield Field(label, text, check=self._day, whole=True, id=name)
            yield Choice(_("Kind"), kinds, str(line.kind), id="kind")
            yield KeyBar()

    @on(Input.Submitted)
    def _go_on(self, event: Input.Submitted) -> None:
        event.stop()
        if event.input.parent is self.query_one("#service_to"):
            self.action_save()
        else:
            self.focus_next()

    def action_invoice(self) -> None:
        self.onward = True
        self.action_save()
        self.onward = self.answered

    def action_save(self) -> None:
        """Return the line, or go to the first field that is wrong."""
        for field in self.query(LabelledField):
            if field.problem:
                field.show_problem(field.problem)
                field.query_one("Input").focus()
                return
        typed = self._typed()
        if period_is_valid(self, typed):
            self.dismiss(typed)

    def _typed(self) -> Line:
        text = {field.id: field.text for field in self.query(Field)}
        first, last = self._day(text["service_from"]), self._day(text["service_to"])
        return replace(
            self._line,
            kind=LineKind(self.query_one("#kind", Choice).text),
            unit=unit_code(text["unit"]),
            discount=kept_discount(text["discount"], self._currency),
            service_from=first or last,
            service_to=last or first,
        )

    def keep_typed(self) -> None:
        restore_invalid(self)
        restore_wrong_period(self, self._typed())
        self._keep(self._typed())

    def half_typed(self) -> str:
        from facturier.tui.widgets.inputs.fields import typed_in

        return typed_in(self) if self.is_mounted else ""

    def _day(self, text: str) -> date | None:
        return parse_day(text, self._today) if text else None


def _unit_text(code: str) -> str:
    unit = UNITS.get(code)
    if unit is None:
        return code
    return unit.une if spoken() == "fr" else unit.one
