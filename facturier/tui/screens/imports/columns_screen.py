"""Which column of a file a field is read from."""

from dataclasses import dataclass
from typing import ClassVar

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Label, OptionList
from textual.widgets.option_list import Option

from facturier.models.imports.fields import FIELDS
from facturier.models.imports.mapping import Mapped, example
from facturier.models.imports.reading import Source
from facturier.models.text.clean import clean
from facturier.models.text.i18n import N_, _
from facturier.tui import keys
from facturier.tui.screen import Dialog, ResultScreen
from facturier.tui.widgets.inputs.options import Options
from facturier.tui.widgets.keybar import KeyBar
from facturier.tui.widgets.rows.columns import Column
from facturier.tui.widgets.rows.row_list import RowList
from facturier.tui.widgets.rows.row_window import FewRows
from facturier.tui.widgets.title import Title

_MOST = 60  # characters of an example


@dataclass(frozen=True, slots=True)
class _FieldRow:
    id: int
    field: str
    label: str
    columns: str
    example: str


class ColumnsScreen(ResultScreen[Mapped | None]):
    """Answers the columns of the fields, or None if the person goes back."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose", N_("Choose column"), id="columns.choose"),
        keys.REMOVE.on("columns.clear", N_("Do not read this field."), action="clear"),
        Binding("f9", "apply", N_("Preview"), tooltip=N_("Show what each row would change."), id="columns.apply"),
        keys.CANCEL_CHOICE.on("columns.cancel"),
    ]

    def __init__(self, source: Source) -> None:
        super().__init__(classes="import-columns")
        assert source.table is not None
        self._source = source
        self._table = source.table
        self._mapped = dict(source.mapped or {})
        self._rows: FewRows[_FieldRow] = FewRows()

    def compose(self) -> ComposeResult:
        yield Title(_("Columns of {file}").format(file=clean(self._source.name)))
        yield Label(_("Choose the column for each field. Leave out what you do not need."), markup=False)
        columns = (
            Column[_FieldRow](_("Field"), lambda row: Text(row.label), 18),
            Column[_FieldRow](_("Column"), lambda row: Text(row.columns or "–"), 22, flex=True),
            Column[_FieldRow](_("Example"), lambda row: Text(row.example), 20, flex=True, rank=1),
        )
        yield RowList(columns, self._rows)
        yield KeyBar()

    def on_mount(self) -> None:
        self.rows.focus()
        self._show()

    @property
    def rows(self) -> RowList[_FieldRow]:
        return self.query_one(RowList)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        return action != "apply" or self._source.with_fields(self._mapped).ready

    def _show(self) -> None:
        self._rows.put(
            [
                _FieldRow(
                    number,
                    field,
                    _(label),
                    ", ".join(self._table.header[place] for place in self._mapped.get(field, ())),
                    next(filter(None, (self._example(place) for place in self._mapped.get(field, ()))), ""),
                )
                for number, (field, label) in enumerate(FIELDS[self._source.kind].items())
            ]
        )
        self.rows.reload()
        self.refresh_bindings()

    def _example(self, place: int) -> str:
        return clean(example(self._table, place))[:_MOST]

    @on(RowList.Opened)
    @work
    async def action_choose(self) -> None:
        row = self.rows.chosen
        if row is None:
            return
        columns = [(name, self._example(place)) for place, name in enumerate(self._table.header)]
        now = self._mapped.get(row.field, ())
        place = await self.app.push_screen_wait(ColumnScreen(row.label, columns, now[0] if now else 0))
        if place is not None:
            self._mapped[row.field] = (place,)
            self._show()

    def action_clear(self) -> None:
        if (row := self.rows.chosen) is not None:
            self._mapped.pop(row.field, None)
            self._show()

    def action_apply(self) -> None:
        self.dismiss(self._mapped)


class ColumnScreen(Dialog[int | None]):
    """Answers the place of the chosen column."""

    BINDINGS: ClassVar[list[BindingType]] = [
        keys.CHOOSE.on("column.choose", priority=True),
        keys.CANCEL_CHOICE.on("column.cancel"),
    ]

    def __init__(self, field: str, columns: list[tuple[str, str]], now: int) -> None:
        super().__init__(classes="dialog")
        self._field = field
        self._columns = columns
        self._now = now

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog-box"):
            yield Label(_("Column for “{field}”").format(field=self._field), markup=False, classes="dialog-title")
            options = [
                Option(Text.assemble(name, "  ", (shown, "dim"), no_wrap=True, overflow="ellipsis"))
                for name, shown in self._columns
            ]
            yield Options(*options, markup=False, compact=True, classes="dialog-list")
            yield KeyBar()

    def on_mount(self) -> None:
        listed = self.query_one(OptionList)
        listed.focus()
        listed.highlighted = self._now

    @on(OptionList.OptionSelected)
    def action_choose(self) -> None:
        chosen = self.query_one(OptionList).highlighted
        if chosen is not None:
            self.dismiss(chosen)
