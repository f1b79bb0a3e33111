"""Suggestions for items and taxes."""

from collections.abc import Iterable, Mapping, Sequence

from facturier.mail.document.formatting import percent
from facturier.models.books.invoice import Item
from facturier.models.settings.line import Line
from facturier.models.settings.tax import TaxRate, common_taxes, tax_name, tax_names
from facturier.models.text.i18n import _, spoken
from facturier.models.text.search_text import fold
from facturier.tui.screens.editor.lines.line_cells import shown
from facturier.tui.widgets.inputs.lookup import Suggestion


def item_suggestions(items: Sequence[Item], text: str, currency: str) -> tuple[list[Suggestion], int]:
    """Return the items that match a text, followed by a new item of that name, and the index of the default.

    The default is the first item that begins with the text, or else the new one.
    """
    found = [Suggestion(item.name, item, _about(item, currency)) for item in items]
    if not text:
        return found, -1
    names = [fold(item.name) for item in items]
    if fold(text) in names:
        return found, names.index(fold(text))
    new = Suggestion(_("New item “{name}”").format(name=text), None, _("^s saves it once it has an amount"))
    begins = bool(names) and names[0].startswith(fold(text))
    return [*found, new], 0 if begins else len(found)


def _about(item: Item, currency: str) -> str:
    line = Line(description=item.description, rate=item.rate)
    return "  ".join(part for part in (shown(line, "rate", currency), shown(line, "description", currency)) if part)


def tax_suggestions(rates: Mapping[str, TaxRate], used: Iterable[str], text: str) -> tuple[list[Suggestion], int]:
    """Return the taxes that begin with a text, and the index of the default.

    What is typed in full comes first, then those that are charged together. `used` are the taxes of other lines and of
    items. After a `+`, every code that is not in the text yet is suggested.
    """
    before, plus, _last = text.rpartition("+")
    named = [name.casefold() for name in Line(tax=before).codes]
    known = {tax_name(code, spoken()).casefold(): code for code in rates} | {code.casefold(): code for code in rates}
    offered = [
        *common_taxes(rates.values()),
        *rates,
        *(tax for tax in used if set(Line(tax=tax).codes) <= rates.keys()),
    ]
    if plus and known.keys() >= set(named):
        codes = list(dict.fromkeys(known[name] for name in named))
        head = "+".join(codes)
        offered += [f"{head}+{code}" for code in rates if head and code not in codes]
    wanted = _squeezed(text)
    found = [tax for tax in dict.fromkeys(offered) if tax and any(name.startswith(wanted) for name in _spellings(tax))]
    same = [place for place, tax in enumerate(found) if wanted in _spellings(tax)]
    if same == [0] and len(found) == 1:
        return [], -1  # there is nothing to add
    if same:  # what was typed comes first, because Enter takes it
        found.insert(0, found.pop(same[0]))
    suggestions = [Suggestion(tax_names(tax, spoken()), tax, _percents(tax, rates)) for tax in found]
    return suggestions, 0 if found else -1


def _spellings(tax: str) -> tuple[str, str]:
    """How a tax may be typed: by its names in the reader's language, or by its codes."""
    return _squeezed(tax_names(tax, spoken())), _squeezed(tax)


def _squeezed(text: str) -> str:
    return "".join(text.split()).casefold()


def tax_choices(
    rates: Mapping[str, TaxRate], used: Iterable[str], tax: str, highlighted: str
) -> tuple[list[Suggestion], int]:
    """Return all taxes for a line with `tax`, with a tick on those it has, and the index of the highlighted one."""
    has = {code.casefold() for code in Line(tax=tax).codes}
    known = dict.fromkeys([*common_taxes(rates.values()), *rates, *used])
    offered = [one for one in known if one and set(Line(tax=one).codes) <= rates.keys()]
    choices = []
    for one in offered:
        ticked = {code.casefold() for code in Line(tax=one).codes} <= has
        name = tax_names(one, spoken())
        choices.append(Suggestion(f"{'✓' if ticked else ' '} {name}", one, _percents(one, rates)))
    same = [one.casefold() for one in offered]
    return choices, same.index(highlighted.casefold()) if highlighted.casefold() in same else -1


def with_tax(tax: str, other: str, rates: Mapping[str, TaxRate]) -> str:
    """Return a line's tax after adding `other`, or removing it if the tax has all of `other`."""
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
