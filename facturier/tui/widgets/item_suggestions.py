"""What may be meant by a text that is typed as an item."""

from collections.abc import Sequence

from facturier.models.fold import fold
from facturier.models.invoice import Item
from facturier.models.language import _
from facturier.models.tax import Line
from facturier.tui.widgets.line_cells import shown
from facturier.tui.widgets.lookup import Suggestion


def item_suggestions(items: Sequence[Item], text: str, currency: str) -> tuple[list[Suggestion], int]:
    """The items that were found for a text, then a new one of that name; and which of them is meant if the person says
    no more: the first that begins so, else the new one."""
    found = [Suggestion(item.name, item, _about(item, currency)) for item in items]
    if not text:
        return found, -1
    names = [fold(item.name) for item in items]
    if fold(text) in names:
        return found, names.index(fold(text))
    new = Suggestion(_("New item “{name}”").format(name=text), None, _("kept when you save, once it has an amount"))
    begins = bool(names) and names[0].startswith(fold(text))
    return [*found, new], 0 if begins else len(found)


def _about(item: Item, currency: str) -> str:
    line = Line(description=item.description, rate=item.rate)
    return "  ".join(part for part in (shown(line, "rate", currency), shown(line, "description", currency)) if part)
