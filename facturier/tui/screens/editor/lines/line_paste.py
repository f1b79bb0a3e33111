"""Lines that are pasted, as a spreadsheet copies them: a tab ends a cell."""

from collections.abc import Sequence
from dataclasses import dataclass

from facturier.models.errors import InputError
from facturier.models.text.clean import clean_lines
from facturier.models.text.decimals import parse_decimal
from facturier.models.text.search_text import fold
from facturier.tui.screens.editor.lines.line_cells import CELLS

# What the columns of tables are called, in English and French, without accents.
_NAMES = {
    "item": "item product product/service service article produit produit/service sku code",
    "description": "description details designation libelle memo",
    "quantity": "qty quantity qte quantite hours heures units unites",
    "rate": "rate price unit_price price/unit cost taux tarif prix prix_unitaire",
    "tax": "tax taxes taxe sales_tax tax_code",
    "amount": "amount total line_total montant",
}
_CELL_OF = {name.replace("_", " "): cell for cell, names in _NAMES.items() for name in names.split()}


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of texts by the name of their cell. `headed` if the first row that was pasted named the columns."""

    rows: list[dict[str, str]]
    headed: bool = False


def pasted_table(text: str, cell: str) -> Table | None:
    """The cells of the lines that are pasted at `cell`; None for what fits into one cell. Empty lines count for
    nothing, and an empty cell leaves what there is."""
    lines = (line for line in clean_lines(text).split("\n") if line.strip())
    rows = [line.rstrip("\t").split("\t") for line in lines]
    if len(rows) < 2 and all(len(row) < 2 for row in rows):
        return None
    if columns := _headings(rows):
        return Table([_named(columns, row) for row in rows[1:]], headed=True)
    there = CELLS[CELLS.index(cell) :]
    if cell == "item" and all(len(row) > 1 and _is_number(row[1]) for row in rows):
        there = ("item", "quantity", "rate", "tax")  # a table without a column for descriptions
    most = len(there)
    # What there is no cell for goes into the last one, where it is seen.
    return Table([_named(there, [*row[: most - 1], " ".join(row[most - 1 :])]) for row in rows])


def _headings(rows: Sequence[Sequence[str]]) -> list[str]:
    """The cell that each column is for, if the first row names them; an empty list if it does not."""
    if len(rows) < 2 or len(rows[0]) < 2:
        return []
    columns = [_CELL_OF.get(fold(name).strip(), "") for name in rows[0]]
    known = [column for column in columns if column]
    if len(known) < 2 or len(set(known)) < len(known) or not {"item", "description"} & set(known):
        return []
    if "rate" not in known and "amount" in known and "quantity" not in known:
        columns = ["rate" if column == "amount" else column for column in columns]
    return [column if column in CELLS else "" for column in columns]


def _named(columns: Sequence[str], row: Sequence[str]) -> dict[str, str]:
    return {cell: text for cell, text in zip(columns, row, strict=False) if cell and text.strip()}


def _is_number(text: str) -> bool:
    try:
        parse_decimal(text.strip())
    except InputError:
        return False
    return True
