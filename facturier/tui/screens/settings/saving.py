"""What is entered in the settings, and how it is saved: all of it or nothing."""

import asyncio
import contextlib
from collections.abc import Callable
from functools import partial

from textual import work
from textual.message import Message
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import OptionList

from facturier.mail.errors import VaultError
from facturier.mail.senders.default import is_saved, save_sender
from facturier.mail.vault.approval import approve_reminders, are_approved, what_counts
from facturier.mail.vault.schedule_approval import keeping_approval
from facturier.mail.workspace import Workspace
from facturier.models.company.save_settings import save_company
from facturier.models.company.user import Preferences, save_preferences
from facturier.models.errors import FacturierError, InputError, SeriesError
from facturier.models.settings.company import Company
from facturier.models.text.i18n import LANGUAGES, _, language_of, speak
from facturier.models.text.paths import typed_path
from facturier.tui.messages import LanguageChanged, PreferencesChanged
from facturier.tui.screen import ResultScreen
from facturier.tui.screens.dialogs.create_folder import create_if_missing
from facturier.tui.screens.dialogs.problems import show_problem
from facturier.tui.screens.settings.entries.numbers import NumberExamples
from facturier.tui.screens.settings.entries.pane import Pane
from facturier.tui.screens.settings.entries.sales import LETTER_KINDS, letter_section
from facturier.tui.screens.settings.panes.gmail_pane import GmailActions
from facturier.tui.screens.settings.panes.interface import Interface
from facturier.tui.screens.settings.panes.keyboard_pane import KeyboardPane
from facturier.tui.screens.settings.panes.letter_preview import LetterPreview
from facturier.tui.screens.settings.panes.sender_check import SenderCheck
from facturier.tui.screens.settings.panes.tax_presets import TaxPresets
from facturier.tui.screens.settings.sections import sections
from facturier.tui.screens.settings.users.users_pane import UsersPane
from facturier.tui.widgets.inputs.fields import Area, Choice, Field

# The names that other screens use for some sections.
_TABS = {"company": "contact", "sending": "gmail", "sales": "numbers", "language": "language"}


class SettingsSaving(ResultScreen[None]):
    """The part of the settings that knows what was entered, and saves it."""

    class SectionsChanged(Message):
        """There are other entries than before. Everything that was entered has just been saved."""

    def __init__(self, ws: Workspace, tab: str = "company", *, field: str = "") -> None:
        """`field` has the focus at first. Without it, the list of sections has."""
        super().__init__(classes="settings")
        self._field = field
        self._ws = ws
        self._company = ws.company()
        self._sections = sections(self._ws.today(), self._company.levels)
        self._at = _TABS.get(tab, tab)
        self._preferences = ws.preferences()
        self._saved = False
        # What sections show below their entries.
        self._more: dict[str, Callable[[], Widget]] = {
            "gmail": lambda: GmailActions(ws),
            "sender": lambda: SenderCheck(ws),
            "numbers": lambda: NumberExamples(ws.today),
            "users": lambda: UsersPane(ws),
            "taxes": lambda: TaxPresets(ws),
            "keyboard": lambda: KeyboardPane(ws),
            "language": lambda: Interface(self._preferences),
            **{
                letter_section(language, kind): partial(LetterPreview, ws, language, kind)
                for kind in LETTER_KINDS
                for language in LANGUAGES
            },
        }
        self._panes: dict[str, Pane] = {}  # the opened ones, by section
        self._turning = asyncio.Lock()
        self._rest: Timer | None = None  # runs while the person types

    def _show_title(self) -> None:
        """Show the section, and whether everything is saved."""
        raise NotImplementedError

    async def _turn_to(self, section_id: str) -> None:
        """Show a section."""
        raise NotImplementedError

    # What is entered

    @property
    def _password(self) -> str:
        return "".join(check.password for check in self.query(SenderCheck))

    def _preferred(self, saved: Preferences) -> Preferences:
        """Return the saved preferences with the changes made here."""
        return next((interface.chosen(saved) for interface in self.query(Interface)), saved)

    def _as_typed(self) -> Company:
        """Return the company with the entries that are valid."""
        company = self._company
        for pane in self._panes.values():
            for entry, box in pane.changed():
                try:
                    company = entry.write(company, box.text)
                except FacturierError:
                    continue  # the field shows the problem
        return company

    def _unsaved(self) -> list[str]:
        """Return the labels of the entries that are not saved."""
        labels = [_(entry.label) for pane in self._panes.values() for entry, _box in pane.changed()]
        if self._password:
            labels.append(_("Password"))
        return [*labels, *(label for interface in self.query(Interface) for label in interface.unsaved())]

    def half_typed(self) -> str:
        unsaved = self._unsaved()
        return _("Not saved yet: {names}.").format(names=", ".join(unsaved)) if unsaved else ""

    # Saving

    def action_save(self) -> None:
        self._with_folder([pane for pane in self._panes.values() if any(pane.changed())], self._save)

    @work(group="settings-folder", exclusive=True)
    async def _with_folder(self, panes: list[Pane], then: Callable[[], object]) -> None:
        """If the default sender is in these panes and its folder is missing, offer to create it. Then continue."""
        for pane in panes:
            for entry, box in pane.boxes():
                if entry.id == "sender-folder" and box.display and box.text and box.problem:
                    await create_if_missing(self, typed_path(box.text))
        then()

    @work(group="settings-save")
    async def _save(self) -> None:
        if await self._wrong([pane for pane in self._panes.values() if any(pane.changed())]):
            return
        password, before = self._password, self._ws.preferences()
        preferred = self._preferred(before)
        try:
            company = await asyncio.to_thread(self._keep, self._changes(), password)
            if preferred != before:
                await asyncio.to_thread(save_preferences, self._ws.locations.data, preferred)
        except InputError as error:
            entry = f"{error.part}-{error.kind}" if isinstance(error, SeriesError) else "next-invoice"
            await self._point_at("numbers", entry, str(error))
            return
        except FacturierError as error:
            show_problem(self, error)
            return
        self._preferences = preferred
        for interface in self.query(Interface):
            interface.settle(preferred)
        if preferred != before:
            self.app.post_message(PreferencesChanged(preferred))
        if preferred.language != before.language:
            speak(preferred.language or language_of())
            for screen in self.app.screen_stack:
                screen.post_message(LanguageChanged())
            if any(not hasattr(screen, "on_language_changed") for screen in self.app.screen_stack):
                self.notify(_("Screens that you open from now on use this language."), markup=False)
        other_levels = [level.days for level in company.levels] != [level.days for level in self._company.levels]
        self._company = company
        for pane in self._panes.values():
            pane.settle()
        for check in self.query(SenderCheck):
            check.settle(company, password)
        self._saved = True
        self._show_title()
        if other_levels:  # each has a text and charges of its own
            self.post_message(self.SectionsChanged())

    def _changes(self) -> list[tuple[str, str]]:
        return [(entry.id, box.text) for pane in self._panes.values() for entry, box in pane.changed()]

    def _keep(self, changes: list[tuple[str, str]], password: str) -> Company:
        """Write only what was changed here, because another window may have changed the rest.

        Raises InputError, StoreError, VaultError.
        """
        entries = {entry.id: entry for section in self._sections for entry in section.entries}
        company = before = self._ws.company()
        for entry_id, text in changes:
            company = entries[entry_id].write(company, text)
        # Saving confirms the sender that this section shows, even if only the file was changed.
        unsaved = self._at == "sender" and not is_saved(self._ws, company)
        with keeping_approval(self._ws):
            if password or company.sender != before.sender or unsaved:
                save_sender(self._ws, company, before=before, shown=self._company, password=password)
            else:
                save_company(self._ws.store, company)
        self._approve_reminders(before, self._ws.company())
        return self._ws.company()

    def _approve_reminders(self, before: Company, after: Company) -> None:
        """Approve the settings of automatic reminders as a member, if they were approved before or are shown here.

        Without that, members' programs do not send reminders automatically, and say so.
        """
        if not after.automatic_reminders.on:
            return
        with contextlib.suppress(VaultError):  # this person may not send
            shown = self._at == "reminders" and what_counts(before) == what_counts(self._company)
            if shown or are_approved(self._ws, before):
                approve_reminders(self._ws, after)

    async def _wrong(self, panes: list[Pane]) -> bool:
        """Go to the first entry of these panes that has a problem. Return whether there is one."""
        for pane in panes:
            for entry, box in pane.boxes():
                if box.display and (problem := box.problem):
                    await self._point_at(pane.section.id, entry.id, problem)
                    return True
                box.show_problem()  # what was wrong before may be right now, such as a folder that exists since then
        return False

    async def _point_at(self, section_id: str, entry_id: str, problem: str) -> None:
        listed = self.query_one("#settings-list", OptionList)
        listed.highlighted = listed.get_option_index(section_id)
        await self._turn_to(section_id)
        box = self.query_one(f"#{entry_id}")
        assert isinstance(box, Field | Area | Choice)
        box.show_problem(problem)
        box.input.focus()
        self.app.bell()

    async def save_now(self) -> bool:
        """Wait for a save that is in progress. Other entries are not saved: they may be half typed, and would take
        effect at once."""
        saving = [worker for worker in self.workers if worker.node is self and worker.group == "settings-save"]
        for worker in saving:  # an empty list would make `wait_for_complete` wait for all workers of the program
            await worker.wait()
        return True
