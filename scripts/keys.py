"""Write docs/keys.md from the key bindings of the screens. A test fails if the page is out of date."""

import importlib
import pkgutil
import sys
from collections.abc import Iterator
from pathlib import Path

from textual.binding import Binding
from textual.keys import key_to_character

sys.path.insert(0, str(Path(__file__).parent.parent))

import facturier.tui

PAGE = Path(__file__).parent.parent / "docs/keys.md"

_HEAD = """# Keys

This page is generated from the program: `make keys` after a key has changed.

`F1` shows the keys of the screen that you are on, `Ctrl+P` searches all commands. Capital letters are typed with Shift.
"""

# The heading of each class with bindings, in page order.
_HEADINGS = {
    "FacturierApp": "Everywhere",
    "RowList": "In every list",
    "InvoicesScreen": "List of invoices",
    "SearchLine": "List of invoices: search",
    "FilterScreen": "List of invoices: filter",
    "EditorScreen": "Invoice editor",
    "CustomerScreen": "Customer",
    "InvoiceScreen": "Invoice",
    "PaymentScreen": "Record a payment",
    "RemovePaymentScreen": "Remove a payment",
    "SentScreen": "Sent message",
    "DoubtScreen": "Delivery in doubt",
    "PreviewScreen": "Preview",
    "DocumentView": "PDF in a preview",
    "LetterView": "Email in a preview",
    "SendAtScreen": "Send later",
    "BatchScreen": "Send several invoices",
    "OutboxScreen": "Outbox",
    "AlertsScreen": "Alerts",
    "BounceScreen": "Record a bounce",
    "ChosenBounceScreen": "Record a bounce: chosen email",
    "SettingsScreen": "Settings",
    "ApproveScreen": "Access request",
    "NewPassphraseScreen": "New passphrase",
    "PassphraseScreen": "Passphrase",
    "ConnectScreen": "Connect Gmail",
    "LinkView": "Connect Gmail: link",
    "_Line": "Connect Gmail: pasted address",
    "QrScreen": "Connect Gmail: QR code",
    "ConsentScreen": "Connect Gmail: demo company",
    "CompaniesScreen": "Companies",
    "OpenCompanyScreen": "Open a company",
    "NewCompanyScreen": "New company",
    "PaletteScreen": "Search all commands",
    "HelpScreen": "Help",
    "ConfirmScreen": "Question",
    "ReasonScreen": "Question with a reason",
    "ProblemScreen": "Problem",
    "SaveAsScreen": "Save as",
    "CopyScreen": "Copy to the clipboard",
    "UnsavedScreen": "Unsaved work",
    "QuitScreen": "Quit while sending",
}

_NAMES = {
    "ctrl": "Ctrl",
    "alt": "Alt",
    "shift": "Shift",
    "enter": "Enter",
    "escape": "Esc",
    "space": "Space",
    "slash": "/",
    "plus": "+",
    "minus": "-",
    "delete": "Delete",
    "pageup": "Page Up",
    "pagedown": "Page Down",
    "home": "Home",
    "end": "End",
    "tab": "Tab",
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
}


def main() -> int:
    PAGE.write_text(page(), encoding="utf-8")
    return 0


def page() -> str:
    """Return the whole page. Raises KeyError if a class with bindings has no heading here."""
    tables = {_HEADINGS[name]: table for name, table in _tables()}
    found = [f"\n## {heading}\n\n{tables[heading]}" for heading in _HEADINGS.values()]
    return _HEAD + "".join(found)


def _tables() -> Iterator[tuple[str, str]]:
    """Yield the name of each class with its own bindings, and their table."""
    for module in pkgutil.walk_packages(facturier.tui.__path__, "facturier.tui."):
        for name, found in vars(importlib.import_module(module.name)).items():
            if isinstance(found, type) and found.__module__ == module.name and "BINDINGS" in vars(found):
                bindings = [binding for binding in vars(found)["BINDINGS"] if binding.id and binding.description]
                if bindings:
                    yield name, _table(bindings)


def _table(bindings: list[Binding]) -> str:
    keys: dict[str, list[str]] = {}
    for binding in bindings:
        about = f"**{binding.description}**" + (f": {binding.tooltip}" if binding.tooltip else "")
        keys.setdefault(about, []).extend(f"`{_name(key.strip())}`" for key in binding.key.split(","))
    rows = [f"| {' or '.join(shown)} | {about} |" for about, shown in keys.items()]
    return "\n".join(["| key | what it does |", "|---|---|", *rows, ""])


def _name(key: str) -> str:
    *modifiers, last = key.split("+")
    if modifiers:
        return "+".join([*(_NAMES[modifier] for modifier in modifiers), _NAMES.get(last) or last.upper()])
    if key in _NAMES:
        return _NAMES[key]
    character = key_to_character(key)
    return character if character is not None and character.isprintable() else key.upper()


if __name__ == "__main__":
    sys.exit(main())
