"""Read a file of customers or items, whatever program wrote it."""

from dataclasses import dataclass, replace

from facturier.models.errors import InputError
from facturier.models.imports.csv_table import Table, read_table
from facturier.models.imports.fields import Kind
from facturier.models.imports.layouts import fields_of, known_columns, recognise
from facturier.models.imports.mapping import Mapped, parse_map, rows_of, with_map
from facturier.models.imports.row import Row
from facturier.models.imports.text_file import as_bytes, check_size, decode
from facturier.models.imports.vcard import is_vcard, read_cards
from facturier.models.text.i18n import N_, _


@dataclass(frozen=True, slots=True)
class Source:
    """What is in a file. `layout` is the English name of its layout, translated where it is shown. A file of cards has
    no `table` and no `mapped`."""

    name: str
    kind: Kind
    layout: str
    rows: tuple[Row, ...]
    table: Table | None = None
    mapped: Mapped | None = None

    @property
    def ready(self) -> bool:
        """Whether something gives the rows a name."""
        named = {"name", "company", "first_name", "last_name", "contact", "email"}
        if self.kind is Kind.ITEMS:
            named = {"name"}
        return self.mapped is None or bool(named & set(self.mapped))

    def with_fields(self, mapped: Mapped) -> "Source":
        """Return the same file with other columns for its fields."""
        if self.table is None:
            return self
        return replace(self, mapped=mapped, rows=tuple(rows_of(self.table, mapped)))


def read_source(data: bytes, name: str, kind: Kind, mapping: str = "") -> Source:
    """Read a CSV or vCard file. `name` is its name for errors; `mapping` is the text of `--map`.

    Raises InputError if the file cannot be read.
    """
    check_size(data, name)
    if not data.strip():
        raise InputError(_("“{name}” is empty.").format(name=name))
    plain = as_bytes(data, name)
    if is_vcard(plain):
        if kind is Kind.ITEMS:
            raise InputError(_("“{name}” holds contacts, not items.").format(name=name))
        if mapping:
            raise InputError(_("A vCard file has no columns to map."))
        return Source(name, kind, "vCard", tuple(read_cards(plain, name)))
    table = read_table(decode(data, name), name, known_columns(kind))
    layout = recognise(table.header, kind)
    mapped = with_map(fields_of(table.header, kind, layout), parse_map(mapping, kind), table.header)
    source = Source(name, kind, layout.name if layout else N_("CSV file"), (), table, mapped)
    return source.with_fields(mapped)
