"""The currency of an invoice, entered or chosen."""

from collections.abc import Callable, Sequence

from facturier.models.text.decimals import parse_currency
from facturier.models.text.i18n import _
from facturier.tui.widgets.inputs.lookup import Lookup, Suggestion

_COMMON = ("CAD", "USD", "EUR", "GBP")  # suggested after the currencies that the company's invoices use


class CurrencyField(Lookup):
    """A field that suggests the currencies in `used`, and accepts every other currency."""

    def __init__(self, value: str, used: Callable[[], Sequence[str]]) -> None:
        super().__init__(_("Currency"), value, find=self._find, check=parse_currency, id="currency")
        self._used = used

    def _find(self, text: str) -> tuple[Sequence[Suggestion], int]:
        wanted = text.strip().upper()
        offered = dict.fromkeys([*self._used(), *_COMMON])
        found = [Suggestion(code, code) for code in offered if code.startswith(wanted)]
        if [one.text for one in found] == [wanted]:
            return (), -1  # the only suggestion is what was entered
        return found, 0 if text and found else -1
