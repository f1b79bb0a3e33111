"""What may be meant by a text that is typed as an item."""

from collections.abc import Iterable, Mapping, Sequence

from facturier.mail.document.formatting import percent
from facturier.models.books.invoice import Item
from facturier.models.settings.line import Line
from facturier.models.settings.tax import TaxRate
from facturier.models.text.i18n import _, spoken
from facturier.models.text.search_text import fold
from facturier.tui.screens.editor.lines.line_cells import shown
from facturier.tui.widgets.inputs.lookup import Suggestion


def item_suggestions(items: Sequence[Item], text: str, currency: str) -> tuple[list[Suggestion], int]:
    """The items that were found for a text, then a new one of that name; and which of them is meant if the person says
    no more: the first that begins so, else the new one."""
    found = [Suggestion(item.name, item, _about(item, currency)) for item in items]
    if not text:
        return found, -1
    names = [fold(item.name) for item in items]
    if fold(text) in names:
        return found, names.index(fold(text))
    new = Suggestion(_("New item “{name}”").format(name=text), None, _("saved once it has an amount"))
    begins = bool(names) and names[0].startswith(fold(text))
    return [*found, new], 0 if begins else len(found)


def _about(item: Item, currency: str) -> str:
    line = Line(description=item.description, rate=item.rate)
    return "  ".join(part for part in (shown(line, "rate", currency), shown(line, "description", currency)) if part)


def tax_suggestions(rates: Mapping[str, TaxRate], used: Iterable[str], text: str) -> tuple[list[Suggestion], int]:
    """The taxes that begin with a text, and which of them is meant if the person says no more. `used` are taxes of
    other lines and of items; after a `+` each code that is not named yet is offered, too."""
    before, plus, _last = text.rpartition("+")
    named = {code.casefold() for code in Line(tax=before).codes}
    known = {code.casefold(): code for code in rates}
    offered = [*rates, *(tax for tax in used if set(Line(tax=tax).codes) <= rates.keys())]
    if plus and named <= known.keys():
        head = "+".join(known[code.casefold()] for code in Line(tax=before).codes)
        offered += [f"{head}+{code}" for code in rates if head and code.casefold() not in named]
    wanted = "".join(text.split()).casefold()
    found = [tax for tax in dict.fromkeys(offered) if tax and tax.casefold().startswith(wanted)]
    same = [tax.casefold() for tax in found]
    if same == [wanted]:
        return [], -1  # there is nothing to add
    suggestions = [Suggestion(tax, tax, _percents(tax, rates)) for tax in found]
    return suggestions, same.index(wanted) if wanted in same else 0 if found else -1


def tax_choices(
    rates: Mapping[str, TaxRate], used: Iterable[str], tax: str, highlighted: str
) -> tuple[list[Suggestion], int]:
    """All taxes for a line that has `tax`, those that it has with a tick, and which of them is highlighted."""
    has = {code.casefold() for code in Line(tax=tax).codes}
    offered = [one for one in dict.fromkeys([*rates, *used]) if one and set(Line(tax=one).codes) <= rates.keys()]
    choices = []
    for one in offered:
        ticked = {code.casefold() for code in Line(tax=one).codes} <= has
        choices.append(Suggestion(f"{'✓' if ticked else ' '} {one}", one, _percents(one, rates)))
    same = [one.casefold() for one in offered]
    return choices, same.index(highlighted.casefold()) if highlighted.casefold() in same else -1


def with_tax(tax: str, other: str, rates: Mapping[str, TaxRate]) -> str:
    """The tax of a line after `other` was added to it, or removed from it if it has all of `other`."""
    codes = {code.casefold(): code for code in Line(tax=tax).codes}
    others = {code.casefold(): code for code in Line(tax=other).codes}
    if others.keys() <= codes.keys():
        left = [code for name, code in codes.items() if name not in others]
    else:
        left = list((codes | others).values())
    order = {code: place for place, code in enumerate(rates)}
    return "+".join(sorted(left, key=lambda code: order.get(code, len(order))))


def _percents(tax: str, rates: Mapping[str, TaxRate]) -> str:
    return " + ".join(percent(rates[code].percent, spoken()) for code in Line(tax=tax).codes)
