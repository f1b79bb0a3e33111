"""What all readers give: rows with a line number, and their texts by the name of the field."""

from collections.abc import Mapping
from typing import NamedTuple

# Limits for a file that is imported. A larger one is refused before it is read.
MOST_BYTES = 20 << 20
MOST_ROWS = 50_000


class Row(NamedTuple):
    """One row of a table or one card.

    `line` is its first line in the file, counted from 1. `values` has texts as they are in the file, by the names in
    `CUSTOMER_FIELDS` or `ITEM_FIELDS`. A field with several values in the file has them one per line.
    """

    line: int
    values: Mapping[str, str]
