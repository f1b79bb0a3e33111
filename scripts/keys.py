"""Write docs/keys.md from the key bindings of the screens. A test fails if the page is out of date."""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from textual.binding import Binding

sys.path.insert(0, str(Path(__file__).parent.parent))

from facturier.tui.keymap.catalogue import owners
from facturier.tui.keymap.presets import PRESETS
from facturier.tui.widgets.keybar import character_of

PAGE = Path(__file__).parent.parent / "docs/keys.md"

_HEAD = """# Keys

This page is generated from the program: `make keys` after a key has changed.

`F1` shows the keys of the screen that you are on, `Ctrl+P` searches all commands. Capital letters are typed with Shift.
"""

_CHANGING = """
## Change the keys

Settings → Keyboard offers three presets: `default` (the keys on this page), `vim` and `emacs`. To change single keys,
write a file `keys.toml`:

```toml
preset = "vim"

[keys]
"list.pay" = "P"
"rows.page_down" = "pagedown,ctrl+f"
```

- The file goes into Facturier’s configuration folder: `~/.config/facturier` on Linux,
  `~/Library/Application Support/facturier` on macOS, or the folder that `FACTURIER_HOME` names. Settings →
  Keyboard shows the path.
- A preset in the file goes before the one chosen in the settings. A key in the file goes before both.
- `facturier keys` lists the actions with their ids and the keys in effect, and checks the file. `--json` is for
  programs.
- A comma separates keys. Modifiers are written `ctrl+`, `alt+` and `shift+`. A capital letter needs no modifier. Many
  terminals cannot tell some combinations apart, such as `ctrl+i` and Tab, or `ctrl+m` and Enter.
- At the start, Facturier reports unknown ids, keys that do not exist and keys that two actions of a screen would share,
  each with its line. Everything else in the file is used.

The presets change these keys:

| action | default | {names} |
|---|{line}|
{rows}
"""

# The heading of each class with bindings, in page order.
_HEADINGS = {
    "FacturierApp": "Everywhere",
    "RowList": "In every list",
    "Options": "In every menu",
    "Picker": "In a field with a list of choices",
    "InvoicesScreen": "List of invoices",
    "Checklist": "List of invoices: checklist of a new company",
    "SearchLine": "List of invoices: search",
    "AnswersScreen": "Choices in a list",
    "FilterScreen": "List of invoices: filter",
    "_Current": "List of invoices: choice in the filter",
    "EditorScreen": "Invoice editor",
    "CustomerScreen": "Customer form",
    "CustomersScreen": "Customers",
    "CustomerPage": "Customer page",
    "MergeScreen": "Merge customers",
    "PaymentsScreen": "Payments",
    "StatementsScreen": "Statements",
    "StatementScreen": "Statement of a customer",
    "DatesScreen": "Statements: dates of a period",
    "CopyChoice": "Customer: copies of a contact",
    "DetailsScreen": "Details of an invoice",
    "LineScreen": "Details of a line",
    "ExportScreen": "Export",
    "_Columns": "Export: columns",
    "ItemsScreen": "Items",
    "ItemScreen": "Item",
    "RecurringScreen": "Recurring invoices",
    "ScheduleScreen": "Schedule of recurring invoices",
    "SearchField": "Search in a list",
    "AttachmentsScreen": "Files sent with an invoice",
    "ImportFileScreen": "Import: the file",
    "ImportScreen": "Import: preview",
    "ColumnsScreen": "Import: columns",
    "ColumnScreen": "Import: the column of a field",
    "ChaseScreen": "Reminders due today",
    "ReminderScreen": "Reminders due today: one reminder",
    "SilenceScreen": "Promise or dispute",
    "ExchangeRateScreen": "Exchange rate",
    "ReportsScreen": "Reports",
    "ReportScreen": "Report",
    "PeriodScreen": "Report: period",
    "DocumentsScreen": "Report: documents behind a figure",
    "InvoiceScreen": "Invoice",
    "PaymentScreen": "Record a payment",
    "SeveralScreen": "Record one payment of several invoices",
    "RemovePaymentScreen": "Remove a payment",
    "CreditScreen": "Credit an invoice",
    "PartScreen": "Credit an invoice: part of a line",
    "ApplyScreen": "Apply a credit",
    "EstimatesScreen": "Estimates",
    "TurnScreen": "Convert an estimate to an invoice",
    "ByHandScreen": "Issue without sending",
    "NumbersScreen": "Check numbers",
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
    "UsersPane": "Settings: users",
    "ApproveScreen": "Access request",
    "NewPassphraseScreen": "New passphrase",
    "PassphraseScreen": "Passphrase",
    "ConnectScreen": "Connect Gmail",
    "StepList": "Connect Gmail: steps in Google Cloud",
    "LinkView": "Connect Gmail: link",
    "_Line": "Connect Gmail: pasted address",
    "QrScreen": "Connect Gmail: QR code",
    "ConsentScreen": "Connect Gmail: demo company",
    "WelcomeScreen": "Welcome",
    "DemoScreen": "Opening the demo company",
    "CompaniesScreen": "Companies",
    "OpenCompanyScreen": "Open a company",
    "NewCompanyScreen": "New company",
    "PaletteScreen": "Search all commands",
    "HelpScreen": "Help",
    "HelpBody": "Help: scrolling",
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
    return _HEAD + "".join(found) + _changing()


def _changing() -> str:
    """Return the section about presets and the key file."""
    bindings = {binding.id: binding for owner in owners() for binding in owner.bindings}
    presets = {name: keys for name, keys in PRESETS.items() if keys}
    rows = []
    for changed in dict.fromkeys(one for keys in presets.values() for one in keys):
        own = [_names(keys.get(changed, "")) for keys in presets.values()]
        rows.append(
            f"| {bindings[changed].description} (`{changed}`) | {_names(bindings[changed].key)} | {' | '.join(own)} |"
        )
    names = " | ".join(f"`{name}`" for name in presets)
    return _CHANGING.format(names=names, line="---|" * len(presets) + "---", rows="\n".join(rows))


def _names(keys: str) -> str:
    return " or ".join(f"`{_name(key.strip())}`" for key in keys.split(",") if key.strip())


def _tables() -> Iterator[tuple[str, str]]:
    """Yield the name of each class with its own bindings, and their table."""
    for owner in owners():
        yield owner.name, _table(owner.bindings)


def _table(bindings: Iterable[Binding]) -> str:
    keys: dict[str, list[str]] = {}
    for binding in bindings:
        about = f"**{binding.description}**" + (f": {binding.tooltip}" if binding.tooltip else "")
        keys.setdefault(about, []).extend(f"`{_name(key.strip())}`" for key in binding.key.split(","))
    rows = [f"| {' or '.join(shown)} | {about} |" for about, shown in keys.items()]
    return "\n".join(["| key | what it does |", "|---|---|", *rows, ""])


def _name(key: str) -> str:
    *modifiers, last = key.split("+")
    if modifiers:
        shown = _NAMES.get(last) or character_of(last) or last
        return "+".join([*(_NAMES[modifier] for modifier in modifiers), shown.capitalize()])
    if key in _NAMES:
        return _NAMES[key]
    character = character_of(key)
    return character if character is not None and character.isprintable() else key.upper()


if __name__ == "__main__":
    sys.exit(main())
