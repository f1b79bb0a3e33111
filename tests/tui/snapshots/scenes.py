"""Every screen, and the keys that open it. A scene starts at the list of invoices."""

import json
from collections.abc import Awaitable, Callable
from typing import NamedTuple, NoReturn

from textual.widgets import OptionList

from facturier.models.errors import NoRoom
from facturier.models.store.store import Store
from facturier.models.text.i18n import N_, _
from facturier.tui.widgets.inputs.fields import Field
from facturier.tui.widgets.inputs.picker import Picker
from tests.tui.snapshots.companies import CLIENT
from tests.tui.snapshots.stage import Stage
from tests.tui.support.stand_in import paste

Go = Callable[[Stage], Awaitable[None]]


class Scene(NamedTuple):
    """`screen` is the class that must be on top at the end, and `company` one of `companies.COMPANIES`."""

    name: str
    screen: str
    go: Go
    company: str = "books"


def keys(*typed: str) -> Go:
    async def go(stage: Stage) -> None:
        await stage.press(*typed)

    return go


def at(number: str, *typed: str) -> Go:
    """Return a scene that presses keys in the list, with the cursor on an invoice."""

    async def go(stage: Stage) -> None:
        await stage.press("apostrophe", f"={number}", "enter", *typed)

    return go


def settings(section: str, *typed: str) -> Go:
    """Return a scene that presses keys in the list of a section of the settings."""

    async def go(stage: Stage) -> None:
        await stage.press("comma")
        listed = stage.app.screen.query_one("#settings-list", OptionList)
        listed.highlighted = listed.get_option_index(section)
        await stage.calm()
        await stage.press(*typed)

    return go


def from_open(*typed: str) -> Go:
    """Return a scene that presses keys and opens the list of senders in the preview."""

    async def go(stage: Stage) -> None:
        await stage.press(*typed)
        stage.app.screen.query_one("#from Picker", Picker).focus()
        await stage.press("enter")

    return go


def link(*typed: str) -> Go:
    """Return a scene that opens Google's consent link and presses keys."""

    async def go(stage: Stage) -> None:
        await settings("gmail", "enter", "enter")(stage)
        client = {"installed": {"client_id": CLIENT.id, "client_secret": CLIENT.secret, "project_id": CLIENT.project}}
        paste(stage.app, json.dumps(client))
        await stage.until(lambda: "accounts.google.com" in stage.text)
        await stage.press(*typed)

    return go


async def searched(stage: Stage) -> None:
    """What is found is added up when the typing rests."""
    await stage.press("slash", "=trem")
    await stage.until(lambda: "balance" in stage.text or "solde" in stage.text)


async def estimate_preview(stage: Stage) -> None:
    """The address is missing, and the field says so once nobody types."""
    await stage.press("Q", "s")
    await stage.until(lambda: "is empty" in stage.text or "est vide" in stage.text)
    await stage.press("ctrl+t")


async def unsaved(stage: Stage) -> None:
    """Open the dialog about changes that cannot be saved."""

    def refuse(_store: Store) -> NoReturn:
        raise NoRoom("The disk is full.", kept="The last change was not saved.", todo="Make room.")

    await stage.press("n")
    stage.patch.setattr(Store, "writing", refuse)
    await stage.press("=Zoe", "ctrl+q")


async def welcome(stage: Stage) -> None:
    """Open the welcome screen from the palette."""
    await stage.press("colon", f"={_('Welcome screen…')}", "enter")


async def files(stage: Stage) -> None:
    """The files of a draft, with one of them selected."""
    folder = stage.shop.store.path.parent
    await stage.press("enter", "ctrl+f")
    for name, size in (("timesheet.pdf", 48_000), ("photo-1.jpg", 1_250_000)):
        (folder / name).write_bytes(b"x" * size)
        stage.app.screen.query_one("#file", Field).text = str(folder / name)
        await stage.press("enter")
    listed = stage.app.screen.query_one("#files", OptionList)
    await stage.until(lambda: listed.option_count == 2)
    await stage.press("shift+tab")


CONTACTS = (
    "First Name,Middle Name,Last Name,Organization Name,Notes,Labels,"
    "E-mail 1 - Label,E-mail 1 - Value,Address 1 - City\n"
    "Marie,,Tremblay,Boulangerie Tremblay,,* myContacts,* Work,marie@ailleurs.example,Montréal\n"
    "Luc,,Lévesque,Garage Lévesque,,* myContacts,* Work,,Laval\n"
    "Ada,,Okafor,Prairie Signs Ltd.,,* myContacts,* Work,ada@prairie.example,Winnipeg\n"
    "Bo,,Okafor,Prairie Signs Ltd.,,* myContacts,* Work,bo@prairie.example,Winnipeg\n"
    "Zoé,,Côté,,,* myContacts,* Home,zoe@@cote.example,Lévis\n"
)


def command(name: str, *typed: str) -> Go:
    """Search for a command by its name in the language of the screens, then keys."""

    async def go(stage: Stage) -> None:
        await stage.press("colon", f"={_(name)}", *typed)

    return go


def imported(*typed: str) -> Go:
    """The preview of an import of customers, then keys."""

    async def go(stage: Stage) -> None:
        path = stage.shop.store.path.with_name("contacts.csv")
        path.write_text(CONTACTS, encoding="utf-8")
        await stage.press("colon", f"={_('Import customers…')}", "enter")
        stage.app.screen.query_one("#path", Field).text = str(path)
        await stage.press("enter", *typed)

    return go


SCENES = (
    Scene("list", "InvoicesScreen", keys()),
    Scene("list-empty", "InvoicesScreen", keys(), "empty"),
    Scene("list-new", "InvoicesScreen", keys(), "fresh"),
    Scene("list-search", "InvoicesScreen", searched),
    Scene("list-marked", "InvoicesScreen", keys("space", "space")),
    Scene("list-undo", "InvoicesScreen", keys(), "leaving"),
    Scene("filter", "FilterScreen", keys("f")),
    Scene("editor-new", "EditorScreen", keys("n")),
    Scene("editor", "EditorScreen", keys("enter")),
    Scene("customer", "CustomerScreen", keys("enter", "f4")),
    Scene("export", "ExportScreen", keys("X")),
    Scene("items", "ItemsScreen", keys("I", "f")),
    Scene("item", "ItemScreen", keys("I", "enter")),
    Scene("customers", "CustomersScreen", keys("C")),
    Scene("customer-page", "CustomerPage", keys("C", "enter")),
    Scene("payments", "PaymentsScreen", keys("V")),
    Scene("statements", "StatementsScreen", keys("S")),
    Scene("statement", "StatementScreen", keys("S", "enter")),
    Scene("statement-email", "StatementScreen", keys("S", "s")),
    Scene("statement-dates", "DatesScreen", keys("S", "equals_sign", "end", "enter")),
    Scene("customer-merge", "MergeScreen", keys("C", "M", "=c")),
    Scene("customer-new", "CustomerScreen", keys("C", "n", "f6", "f6", "f6")),
    Scene("invoice-details", "DetailsScreen", keys("enter", "f6", "ctrl+l")),
    Scene("line-details", "LineScreen", keys("enter", "up", "ctrl+l")),
    Scene("files", "AttachmentsScreen", files),
    Scene("filter-choice", "AnswersScreen", keys("f", "shift+tab", "down")),
    Scene("preview", "PreviewScreen", keys("s")),
    Scene("preview-pdf", "PreviewScreen", keys("s", "ctrl+t")),
    Scene("preview-headers", "PreviewScreen", keys("s", "ctrl+t", "ctrl+t")),
    Scene("preview-warning", "PreviewScreen", keys("down", "s"), "blocked"),
    Scene("preview-error", "PreviewScreen", keys("s"), "blocked"),
    Scene("preview-senders", "PreviewScreen", from_open("s"), "gmail"),
    Scene("send-at", "SendAtScreen", keys("s", "f8")),
    Scene("batch", "BatchScreen", keys("space", "space", "space", "s"), "blocked"),
    Scene("chase", "ChaseScreen", keys("H"), "chased"),
    Scene("chase-invoice", "InvoiceScreen", at("1002", "enter"), "chased"),
    Scene("chase-none", "ChaseScreen", keys("H"), "empty"),
    Scene("chase-reminder", "ReminderScreen", keys("H", "enter"), "chased"),
    Scene("chase-batch", "ReminderBatchScreen", keys("H", "f9"), "chased"),
    Scene("chase-silence", "SilenceScreen", keys("H", "D"), "chased"),
    Scene("outbox", "OutboxScreen", keys("O")),
    Scene("invoice", "InvoiceScreen", at("1005", "enter")),
    Scene("invoice-history", "InvoiceScreen", at("1002", "enter", "h")),
    Scene("invoice-failed", "InvoiceScreen", at("1006", "enter")),
    Scene("issue", "ByHandScreen", keys("number_sign")),
    Scene("payment", "PaymentScreen", at("1002", "p")),
    Scene("payment-several", "SeveralScreen", keys("C", "enter", "p", "=150")),
    Scene("remove-payment", "RemovePaymentScreen", at("1002", "x")),
    Scene("credit", "CreditScreen", at("1002", "enter", "E")),
    Scene("credit-part", "PartScreen", at("1002", "enter", "E", "e")),
    Scene("credit-note", "InvoiceScreen", at("CN-1", "enter"), "credited"),
    Scene("credit-list", "InvoicesScreen", at("CN-1"), "credited"),
    Scene("apply-credit", "ApplyScreen", at("CN-1", "enter", "P"), "credited"),
    Scene("estimates", "EstimatesScreen", keys("Q"), "estimates"),
    Scene("estimate", "InvoiceScreen", keys("Q", "down", "down", "enter"), "estimates"),
    Scene("estimate-new", "EditorScreen", keys("Q", "n"), "estimates"),
    Scene("estimate-preview", "PreviewScreen", estimate_preview, "estimates"),
    Scene("estimate-invoice", "TurnScreen", keys("Q", "down", "down", "T"), "estimates"),
    Scene("recurring", "RecurringScreen", keys("L"), "recurring"),
    Scene("schedule", "ScheduleScreen", at("1002", "l"), "recurring"),
    Scene("in-doubt", "DoubtScreen", at("1007", "enter", "i")),
    Scene("sent-message", "SentScreen", keys("enter", "m"), "sent"),
    Scene("save-as", "SaveAsScreen", at("1005", "enter", "W")),
    Scene("copy", "CopyScreen", at("1005", "enter", "y")),
    Scene("reason", "ReasonScreen", at("1006", "enter", "v")),
    Scene("problem", "ProblemScreen", at("1008", "enter", "e")),
    Scene("confirm", "ConfirmScreen", keys("d")),
    Scene("alerts", "AlertsScreen", keys("a")),
    Scene("alerts-none", "AlertsScreen", keys("a"), "empty"),
    Scene("bounce", "BounceScreen", keys("a", "b")),
    Scene("bounce-choose", "ChosenBounceScreen", keys("a", "b", "f4")),
    Scene("welcome", "WelcomeScreen", welcome),
    Scene("companies", "CompaniesScreen", keys("f3")),
    Scene("company-new", "NewCompanyScreen", keys("f3", "n", "=Cellar")),
    Scene("company-open", "OpenCompanyScreen", keys("f3", "o")),
    Scene("settings-contact", "SettingsScreen", settings("contact")),
    Scene("settings-gmail", "SettingsScreen", settings("gmail"), "gmail"),
    Scene("settings-sender", "SettingsScreen", settings("sender")),
    Scene("settings-users", "SettingsScreen", settings("users"), "gmail"),
    Scene("settings-numbers", "SettingsScreen", settings("numbers")),
    Scene("settings-taxes", "SettingsScreen", settings("taxes")),
    Scene("settings-letter", "SettingsScreen", settings("letter-en")),
    Scene("settings-estimate-letter", "SettingsScreen", settings("letter-estimate-en")),
    Scene("settings-reminders", "SettingsScreen", settings("reminders")),
    Scene("settings-language", "SettingsScreen", settings("language")),
    Scene("approve", "ApproveScreen", settings("users", "enter", "down", "enter"), "gmail"),
    Scene("passphrase-new", "NewPassphraseScreen", settings("users", "enter", "end", "enter"), "gmail"),
    Scene("passphrase", "PassphraseScreen", keys(), "locked"),
    Scene("connect-client", "ConnectScreen", settings("gmail", "enter", "enter")),
    Scene("connect-link", "ConnectScreen", link()),
    Scene("connect-qr", "QrScreen", link("t")),
    Scene("connect-allow", "ConsentScreen", settings("gmail", "enter", "enter", "enter", "f7"), "practising"),
    Scene("import", "ImportScreen", imported("down")),
    Scene("import-columns", "ColumnsScreen", imported("e")),
    Scene("import-column", "ColumnScreen", imported("e", "enter")),
    Scene("reports", "ReportsScreen", keys("R")),
    Scene("report", "ReportScreen", keys("R", "enter")),
    Scene("report-sales", "ReportScreen", keys("R", "down", "enter")),
    Scene("report-period", "PeriodScreen", keys("R", "down", "enter", "equals_sign")),
    Scene("report-documents", "DocumentsScreen", keys("R", "enter", "enter")),
    Scene("help", "HelpScreen", keys("question_mark")),
    Scene("palette", "PaletteScreen", keys("colon")),
    Scene("check-numbers", "NumbersScreen", command(N_("Check numbers"), "enter")),
    Scene("import-file", "ImportFileScreen", command(N_("Import customers…"), "enter")),
    Scene("quit", "QuitScreen", keys("ctrl+q"), "leaving"),
    Scene("unsaved", "UnsavedScreen", unsaved, "empty"),
)
