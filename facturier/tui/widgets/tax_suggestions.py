"""What a text in the tax of a line may mean: the company's codes, and those of them that are used together."""

from collections.abc import Iterable, Mapping

from facturier.mail.figures import percent
from facturier.models.language import spoken
from facturier.models.tax import Line, TaxRate
from facturier.tui.widgets.lookup import Suggestion


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


def _percents(tax: str, rates: Mapping[str, TaxRate]) -> str:
    return " + ".join(percent(rates[code].percent, spoken()) for code in Line(tax=tax).codes)
