"""Every screen, and the keys that open it. A scene starts at the list of invoices, or where another one ended."""

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
    """`screen` is the class that must be on top at the end, and `company` one of `companies.COMPANIES`. `after` is the
    name of the scene in whose window this one goes on, because opening a window takes longer than most scenes."""

    name: str
    screen: str
    go: Go
    company: str = "books"
    after: str = ""


def keys(*typed: str) -> Go:
    async def go(stage: Stage) -> None:
        await stage.press(*typed)

    return go


def at(number: str, *typed: str, before: tuple[str, ...] = ()) -> Go:
    """Return a scene that presses keys in the list, with the cursor on an invoice. `before` leads to the list."""

    async def go(stage: Stage) -> None:
        await stage.press(*before, "apostrophe", f"={number}", "enter", *typed)

    return go


def settings(section: str, *typed: str, opened: bool = False) -> Go:
    """Return a scene that presses keys in the list of a section of the settings, which may be `opened` already."""

    async def go(stage: Stage) -> None:
        if not opened:
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


async def link(stage: Stage) -> None:
    """Go on from the question for the client file to Google's consent link."""
    client = {"installed": {"client_id": CLIENT.id, "client_secret": CLIENT.secret, "project_id": CLIENT.project}}
    paste(stage.app, json.dumps(client))
    await stage.until(lambda: "accounts.google.com" in stage.text)


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


async def files(stage: Stage) -> None:
    """The files of a draft, with one of them selected."""
    folder = stage.shop.store.path.parent
    await stage.press("ctrl+f")
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


def command(name: str, *before: str) -> Go:
    """Press keys, then run a command by its name in the language of the screens."""

    async def go(stage: Stage) -> None:
        await stage.press(*before, "colon", f"={_(name)}", "enter")

    return go


async def imported(stage: Stage) -> None:
    """The preview of an import of customers."""
    path = stage.shop.store.path.with_name("contacts.csv")
    path.write_text(CONTACTS, encoding="utf-8")
    await command(N_("Import customers…"))(stage)
    stage.app.screen.query_one("#path", Field).text = str(path)
    await stage.press("enter", "down")


SCENES = (
    Scene("list", "InvoicesScreen", keys()),
    Scene("list-empty", "InvoicesScreen", keys(), "empty"),
    Scene("list-new", "InvoicesScreen", keys(), "fresh"),
    Scene("list-search", "InvoicesScreen", searched),
    Scene("list-marked", "InvoicesScreen", keys("space", "space")),
    Scene("list-undo", "InvoicesScreen", keys(), "leaving"),
    Scene("filter", "FilterScreen", keys("f"), after="list"),
    Scene("editor-new", "EditorScreen", keys("n")),
    Scene("editor", "EditorScreen", keys("enter")),
    Scene("customer", "CustomerScreen", keys("enter", "f4")),
    Scene("export", "ExportScreen", keys("X")),
    Scene("items", "ItemsScreen", keys("I", "f")),
    Scene("item", "ItemScreen", keys("f", "enter"), after="items"),
    Scene("customers", "CustomersScreen", keys("C")),
    Scene("customer-page", "CustomerPage", keys("enter"), after="customers"),
    Scene("payments", "PaymentsScreen", keys("V")),
    Scene("statements", "StatementsScreen", keys("S")),
    Scene("statement", "StatementScreen", keys("enter"), after="statements"),
    Scene("statement-email", "StatementScreen", keys("escape", "s"), after="statement"),
    Scene("statement-dates", "DatesScreen", keys("escape", "equals_sign", "end", "enter"), after="statement-email"),
    Scene("customer-merge", "MergeScreen", keys("C", "M", "=c")),
    Scene("customer-new", "CustomerScreen", keys("escape", "n", "f6", "f6", "f6"), after="customer-merge"),
    Scene("invoice-details", "DetailsScreen", keys("enter", "f6", "ctrl+l")),
    Scene("line-details", "LineScreen", keys("enter", "up", "ctrl+l")),
    Scene("files", "AttachmentsScreen", files, after="editor"),
    Scene("filter-choice", "AnswersScreen", keys("shift+tab", "down"), after="filter"),
    Scene("preview", "PreviewScreen", keys("s")),
    Scene("preview-pdf", "PreviewScreen", keys("ctrl+t"), after="preview"),
    Scene("preview-headers", "PreviewScreen", keys("ctrl+t"), after="preview-pdf"),
    Scene("preview-warning", "PreviewScreen", keys("escape", "down", "s"), "blocked", after="preview-error"),
    Scene("preview-error", "PreviewScreen", keys("s"), "blocked"),
    Scene("preview-senders", "PreviewScreen", from_open("s"), "gmail"),
    Scene("send-at", "SendAtScreen", keys("s", "f8")),
    Scene(
        "batch", "BatchScreen", keys("escape", "up", "space", "space", "space", "s"), "blocked", after="preview-warning"
    ),
    Scene("chase", "ChaseScreen", keys("H"), "chased"),
    Scene("chase-invoice", "InvoiceScreen", at("1002", "enter"), "chased"),
    Scene("chase-none", "ChaseScreen", keys("H"), "empty", after="list-empty"),
    Scene("chase-reminder", "ReminderScreen", keys("enter"), "chased", after="chase"),
    Scene("chase-batch", "ReminderBatchScreen", keys("escape", "f9"), "chased", after="chase-reminder"),
    Scene("chase-silence", "SilenceScreen", keys("escape", "D"), "chased", after="chase-batch"),
    Scene("outbox", "OutboxScreen", keys("O")),
    Scene("invoice", "InvoiceScreen", at("1005", "enter")),
    Scene("invoice-history", "InvoiceScreen", at("1002", "enter", "h")),
    Scene("invoice-failed", "InvoiceScreen", at("1006", "enter")),
    Scene("issue", "ByHandScreen", keys("number_sign")),
    Scene("payment", "PaymentScreen", at("1002", "p")),
    Scene("payment-several", "SeveralScreen", keys("p", "=150"), after="customer-page"),
    Scene("remove-payment", "RemovePaymentScreen", keys("escape", "x"), after="payment"),
    Scene("credit", "CreditScreen", at("1002", "enter", "E")),
    Scene("credit-part", "PartScreen", keys("e"), after="credit"),
    Scene("credit-note", "InvoiceScreen", keys("enter"), "credited", after="credit-list"),
    Scene("credit-list", "InvoicesScreen", at("CN-1"), "credited"),
    Scene("exchange-rate", "ExchangeRateScreen", keys("enter", "percent_sign"), "abroad"),
    Scene("apply-credit", "ApplyScreen", keys("P"), "credited", after="credit-note"),
    Scene("estimates", "EstimatesScreen", keys("Q"), "estimates"),
    Scene("estimate", "InvoiceScreen", keys("down", "down", "enter"), "estimates", after="estimates"),
    Scene("estimate-new", "EditorScreen", keys("escape", "n"), "estimates", after="estimate-invoice"),
    Scene("estimate-preview", "PreviewScreen", estimate_preview, "estimates"),
    Scene("estimate-invoice", "TurnScreen", keys("escape", "T"), "estimates", after="estimate"),
    Scene("recurring", "RecurringScreen", keys("L"), "recurring"),
    Scene("schedule", "ScheduleScreen", at("1002", "l", before=("escape",)), "recurring", after="recurring"),
    Scene("in-doubt", "DoubtScreen", at("1007", "enter", "i")),
    Scene("sent-message", "SentScreen", keys("enter", "m"), "sent"),
    Scene("save-as", "SaveAsScreen", keys("W"), after="invoice"),
    Scene("copy", "CopyScreen", keys("escape", "y"), after="save-as"),
    Scene("reason", "ReasonScreen", keys("v"), after="invoice-failed"),
    Scene("problem", "ProblemScreen", at("1008", "enter", "e", before=("escape", "escape")), after="in-doubt"),
    Scene("confirm", "ConfirmScreen", keys("escape", "d"), after="issue"),
    Scene("alerts", "AlertsScreen", keys("escape", "a"), after="outbox"),
    Scene("alerts-none", "AlertsScreen", keys("escape", "a"), "empty", after="chase-none"),
    Scene("bounce", "BounceScreen", keys("b"), after="alerts"),
    Scene("bounce-choose", "ChosenBounceScreen", keys("f4"), after="bounce"),
    Scene("welcome", "WelcomeScreen", command(N_("Welcome screen…"), "escape"), after="import-file"),
    Scene("companies", "CompaniesScreen", keys("f3")),
    Scene("company-new", "NewCompanyScreen", keys("escape", "n", "=Cellar"), after="company-open"),
    Scene("company-open", "OpenCompanyScreen", keys("o"), after="companies"),
    Scene("settings-contact", "SettingsScreen", settings("contact")),
    Scene("settings-gmail", "SettingsScreen", settings("gmail"), "gmail"),
    Scene("settings-sender", "SettingsScreen", settings("sender", opened=True), after="settings-contact"),
    Scene("settings-users", "SettingsScreen", settings("users", opened=True), "gmail", after="settings-gmail"),
    Scene("settings-numbers", "SettingsScreen", settings("numbers", opened=True), after="settings-sender"),
    Scene("settings-taxes", "SettingsScreen", settings("taxes", opened=True), after="settings-numbers"),
    Scene("settings-letter", "SettingsScreen", settings("letter-en", opened=True), after="settings-taxes"),
    Scene(
        "settings-estimate-letter",
        "SettingsScreen",
        settings("letter-estimate-en", opened=True),
        after="settings-letter",
    ),
    Scene("settings-reminders", "SettingsScreen", settings("reminders", opened=True), after="settings-estimate-letter"),
    Scene("settings-language", "SettingsScreen", settings("language", opened=True), after="settings-reminders"),
    Scene("approve", "ApproveScreen", keys("enter", "down", "enter"), "gmail", after="settings-users"),
    Scene("passphrase-new", "NewPassphraseScreen", keys("escape", "end", "enter"), "gmail", after="approve"),
    Scene("passphrase", "PassphraseScreen", keys(), "locked"),
    Scene("connect-client", "ConnectScreen", settings("gmail", "enter", "enter")),
    Scene("connect-link", "ConnectScreen", link, after="connect-client"),
    Scene("connect-qr", "QrScreen", keys("t"), after="connect-link"),
    Scene("connect-allow", "ConsentScreen", settings("gmail", "enter", "enter", "enter", "f7"), "practising"),
    Scene("import", "ImportScreen", imported),
    Scene("import-columns", "ColumnsScreen", keys("e"), after="import"),
    Scene("import-column", "ColumnScreen", keys("enter"), after="import-columns"),
    Scene("reports", "ReportsScreen", keys("R")),
    Scene("report", "ReportScreen", keys("enter"), after="reports"),
    Scene("report-sales", "ReportScreen", keys("escape", "escape", "down", "enter"), after="report-documents"),
    Scene("report-period", "PeriodScreen", keys("equals_sign"), after="report-sales"),
    Scene("report-documents", "DocumentsScreen", keys("enter"), after="report"),
    Scene("help", "HelpScreen", keys("question_mark")),
    Scene("palette", "PaletteScreen", keys("escape", "colon"), after="help"),
    Scene("check-numbers", "NumbersScreen", command(N_("Check numbers"), "escape"), after="palette"),
    Scene("import-file", "ImportFileScreen", command(N_("Import customers…"), "escape"), after="check-numbers"),
    Scene("quit", "QuitScreen", keys("ctrl+q"), "leaving", after="list-undo"),
    Scene("unsaved", "UnsavedScreen", unsaved, "empty"),
)


def _walks() -> dict[Scene, tuple[Scene, ...]]:
    """Return the scenes that share a window, in their order, by each of them."""
    followed = {scene.after: scene for scene in SCENES if scene.after}
    walks: dict[Scene, tuple[Scene, ...]] = {}
    for first in SCENES:
        if first.after:
            continue
        walk = [first]
        while walk[-1].name in followed:
            walk.append(followed[walk[-1].name])
        assert {scene.company for scene in walk} == {first.company}
        walks |= dict.fromkeys(walk, tuple(walk))
    assert len(walks) == len(SCENES), "two scenes go on after the same one"
    return walks


WALKS = _walks()
