"""What is entered in the settings, and how it is saved: all of it or nothing."""

import asyncio
from collections.abc import Callable
from functools import partial

from textual import work
from textual.message import Message
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import OptionList

from facturier.mail.workspace import Workspace
from facturier.models.company.user import change_preferences
from facturier.models.errors import FacturierError, SeriesError
from facturier.models.settings.company import Company
from facturier.models.text.i18n import LANGUAGES, _, language_of, speak
from facturier.models.text.paths import typed_path
from facturier.tui.messages import LanguageChanged, PreferencesChanged
from facturier.tui.screen import ResultScreen
from facturier.tui.screens.dialogs.create_folder import create_if_missing
from facturier.tui.screens.dialogs.leaving.typing_copy import TypingCopy
from facturier.tui.screens.dialogs.problems import show_problem
from facturier.tui.screens.settings.entries.numbers import NumberExamples
from facturier.tui.screens.settings.entries.pane import Entry, Pane
from facturier.tui.screens.settings.entries.sales import LETTER_KINDS, letter_section
from facturier.tui.screens.settings.panes.gmail_pane import GmailActions
from facturier.tui.screens.settings.panes.interface import Interface
from facturier.tui.screens.settings.panes.keyboard_pane import KeyboardPane
from facturier.tui.screens.settings.panes.letter_preview import LetterPreview
from facturier.tui.screens.settings.panes.sender_check import SenderCheck
from facturier.tui.screens.settings.panes.tax_presets import TaxPresets
from facturier.tui.screens.settings.save_changes import Change, Changes, EntryChanged, EntryError, save_changes
from facturier.tui.screens.settings.sections import sections
from facturier.tui.screens.settings.users.users_pane import UsersPane
from facturier.tui.widgets.inputs.fields import Area, Choice, Field
from facturier.tui.workers import run_in_worker

_COPY_AFTER = 0.5  # seconds from the first key that is not saved

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
        self._saving = asyncio.Lock()
        self._rest: Timer | None = None  # runs while the person types
        self._copy = TypingCopy(ws.locations.data)
        self._copying = False  # whether a copy is scheduled

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

    def half_typed_copy(self) -> str:
        """Return what is typed, without the password."""
        from facturier.tui.screens.dialogs.leaving.typed_copy import settings_copy

        typed = (
            (f"{_(pane.section.title)} › {_(entry.label)}", box.text)
            for pane in self._panes.values()
            for entry, box in pane.changed()
        )
        return settings_copy(self._company.name, typed)

    def _copy_soon(self) -> None:
        """Keep a copy of what is typed, in case the program is killed. It takes effect only when the person saves it:
        what is half typed must not be sent."""
        if not self._copying:
            self._copying = True
            self.set_timer(_COPY_AFTER, self._copy_in_time)

    def _copy_in_time(self) -> None:
        self._copying = False
        run_in_worker(self, self._copy_typed, "settings-copy")

    async def _copy_typed(self) -> None:
        await asyncio.to_thread(self._copy.keep, self.half_typed_copy())

    def on_unmount(self) -> None:
        self._copy.close()

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
        async with self._saving:  # what the save before wrote is not another window's
            await self._save_changes()

    async def _save_changes(self) -> None:
        if await self._wrong([pane for pane in self._panes.values() if any(pane.changed())]):
            return
        changes = self._changes()
        try:
            company = await asyncio.to_thread(save_changes, self._ws, changes)
        except EntryChanged as error:
            await self._point_at_entry(error.entry, str(error))
            for pane in self._panes.values():
                if error.entry in pane.section.entries:
                    pane.see(error.entry, error.now)
            return
        except EntryError as error:
            await self._point_at_entry(error.entry, str(error))
            return
        except SeriesError as error:
            await self._point_at("numbers", f"{error.part}-{error.kind}", str(error))
            return
        except FacturierError as error:
            show_problem(self, error)
            return
        self._settle(changes, company)
        await self._save_preferences()
        self._show_title()
        other_levels = [level.days for level in company.levels] != [level.days for level in changes.shown.levels]
        await self._copy_typed()
        if other_levels:  # each has a text and charges of its own
            self.post_message(self.SectionsChanged())

    def _settle(self, changes: Changes, company: Company) -> None:
        """These changes are saved now."""
        self._company = company
        saved = {change.entry.id: change.text for change in changes.changed}
        for pane in self._panes.values():
            pane.settle(company, saved)
        for check in self.query(SenderCheck):
            check.settle(company, changes.password)
        self._saved = True

    async def _save_preferences(self) -> None:
        """Save the choices of this person, and let them come into effect."""
        chosen = {field: value for interface in self.query(Interface) for field, value in interface.chosen().items()}
        if not chosen:
            return
        try:
            preferred = await asyncio.to_thread(
                change_preferences, self._ws.locations.data, lambda kept: kept._replace(**chosen)
            )
        except FacturierError as error:
            show_problem(self, error)
            return
        self._preferences = self._preferences._replace(**chosen)
        for interface in self.query(Interface):
            interface.settle(chosen)
        self.app.post_message(PreferencesChanged(preferred))
        if "language" in chosen:
            speak(preferred.language or language_of())
            for screen in self.app.screen_stack:
                screen.post_message(LanguageChanged())
            if any(not hasattr(screen, "on_language_changed") for screen in self.app.screen_stack):
                self.notify(_("Screens that you open from now on use this language."), markup=False)

    def _changes(self) -> Changes:
        changed = {
            entry.id: Change(entry, box.text, pane.seen(entry))
            for pane in self._panes.values()
            for entry, box in pane.changed()
        }
        # In the order of the sections: some depend on others above them, such as a text on its level.
        entries = (entry for section in self._sections for entry in section.entries)
        ordered = [changed[entry.id] for entry in entries if entry.id in changed]
        return Changes(ordered, self._password, self._company, self._at)

    async def _wrong(self, panes: list[Pane]) -> bool:
        """Go to the first entry of these panes that has a problem. Return whether there is one."""
        for pane in panes:
            for entry, box in pane.boxes():
                if box.display and (problem := box.problem):
                    await self._point_at(pane.section.id, entry.id, problem)
                    return True
                box.show_problem()  # what was wrong before may be right now, such as a folder that exists since then
        return False

    async def _point_at_entry(self, entry: Entry, problem: str) -> None:
        section = next(section for section in self._sections if entry in section.entries)
        await self._point_at(section.id, entry.id, problem)

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
