"""Account and settings: the company, how it sends and how it sells."""

import asyncio
from collections.abc import Callable, Iterable
from functools import partial
from typing import ClassVar

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import ContentSwitcher, OptionList
from textual.widgets.option_list import Option

from facturier.mail.senders.default import is_saved, save_sender
from facturier.mail.workspace import Workspace
from facturier.models.company.save_settings import save_company
from facturier.models.company.user import Preferences, save_preferences
from facturier.models.errors import FacturierError, InputError, SeriesError
from facturier.models.settings.company import Company
from facturier.models.text.i18n import LANGUAGES, N_, _, language_of, speak
from facturier.tui.messages import LanguageChanged, PreferencesChanged
from facturier.tui.screen import ResultScreen
from facturier.tui.screens.dialogs.commands import Command
from facturier.tui.screens.dialogs.dialogs import ConfirmScreen
from facturier.tui.screens.dialogs.problems import show_problem
from facturier.tui.screens.settings.commands import section_commands
from facturier.tui.screens.settings.gmail_pane import GmailActions
from facturier.tui.screens.settings.interface import Interface
from facturier.tui.screens.settings.keyboard_pane import KeyboardPane
from facturier.tui.screens.settings.letter_preview import LetterPreview
from facturier.tui.screens.settings.numbers import NumberExamples
from facturier.tui.screens.settings.pane import Pane
from facturier.tui.screens.settings.sections import sections
from facturier.tui.screens.settings.sender_check import SenderCheck
from facturier.tui.screens.settings.tax_presets import TaxPresets
from facturier.tui.screens.settings.users_pane import UsersPane
from facturier.tui.themes.theme import SUCCESS, WARNING
from facturier.tui.widgets.inputs.fields import Area, Choice, Field
from facturier.tui.widgets.inputs.options import Options
from facturier.tui.widgets.keybar import KeyBar
from facturier.tui.widgets.title import Banner, Title

_REST = 0.2  # seconds without a key after which the title and what depends on a field follow

# What other screens may ask for by name.
_TABS = {"company": "contact", "sending": "gmail", "sales": "numbers", "language": "language"}


class SettingsScreen(ResultScreen[None]):
    """Sections in a list at the side; what is typed is kept with one key, all of it or nothing."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "ctrl+s",
            "save",
            N_("Save"),
            tooltip=N_("Save all changes in all sections."),
            id="settings.save",
        ),
        Binding(
            "ctrl+t",
            "turn",
            N_("Next tab"),
            tooltip=N_("Go to the next section of the settings."),
            id="settings.turn",
        ),
        Binding(
            "ctrl+r",
            "check",
            N_("Check"),
            tooltip=N_("Check the default sender as entered here, without sending anything."),
            id="settings.check",
        ),
        Binding("escape", "back", N_("Back"), tooltip=N_("Close the settings."), id="settings.back"),
    ]

    def __init__(self, ws: Workspace, tab: str = "company", *, field: str = "") -> None:
        """`field` is the one that has the focus at first; without it, the list of sections has."""
        super().__init__(id="settings")
        self._field = field
        self._ws = ws
        self._sections = sections(self._ws.today())
        self._at = _TABS.get(tab, tab)
        self._company = ws.company()
        self._preferences = ws.preferences()
        self._saved = False
        # What sections have below their entries.
        self._more: dict[str, Callable[[], Widget]] = {
            "gmail": lambda: GmailActions(ws),
            "sender": lambda: SenderCheck(ws),
            "numbers": lambda: NumberExamples(ws.today),
            "users": lambda: UsersPane(ws),
            "taxes": lambda: TaxPresets(ws),
            "keyboard": lambda: KeyboardPane(ws),
            "language": lambda: Interface(self._preferences),
            **{f"letter-{language}": partial(LetterPreview, ws, language) for language in LANGUAGES},
        }
        self._panes: dict[str, Pane] = {}  # those that were opened, by section
        self._turning = asyncio.Lock()
        self._rest: Timer | None = None  # runs while the person types

    def compose(self) -> ComposeResult:
        yield Title(id="settings-title")
        yield Banner(self._ws)
        with Horizontal(id="settings-body"):
            yield Options(*self._options(), id="settings-list", compact=True)
            with ContentSwitcher(initial=f"section-{self._at}", id="settings-panes"):
                yield self._pane(self._at)
        yield KeyBar()

    def on_mount(self) -> None:
        listed = self.query_one("#settings-list", OptionList)
        listed.highlighted = listed.get_option_index(self._at)
        listed.focus()
        self._show_typed()
        if self._field:
            self.call_after_refresh(self._focus_field)

    def _focus_field(self) -> None:
        box = self.query_one(f"#{self._field}")
        assert isinstance(box, Field | Area | Choice)
        box.input.focus()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 (Textual's)
        return action != "check" or self._at == "sender"

    def commands(self) -> Iterable[Command]:
        """Return the sections, for the palette."""
        return section_commands(self, self._show_section)

    def _options(self) -> list[Option]:
        options: list[Option] = []
        group = ""
        for section in self._sections:
            if section.group != group and section.group != section.title:
                options.append(Option(Text(_(section.group)), disabled=True))
            group = section.group
            options.append(Option(Text(f" {_(section.title)}"), section.id))
        return options

    def _pane(self, section_id: str) -> Pane:
        section = next(section for section in self._sections if section.id == section_id)
        more = self._more.get(section_id)
        self._panes[section_id] = Pane(section, self._company, (more(),) if more is not None else ())
        return self._panes[section_id]

    # Going about

    @on(OptionList.OptionHighlighted, "#settings-list")
    async def _turned(self, event: OptionList.OptionHighlighted) -> None:
        assert event.option_id is not None
        self._at = event.option_id
        await self._turn_to(self._at)
        self._show_typed()
        self.refresh_bindings()

    async def _turn_to(self, section_id: str) -> None:
        """Show a section. Each is made when it is first wanted: all of them at once would take a second."""
        panes = self.query_one(ContentSwitcher)
        async with self._turning:
            if not panes.query(f"#section-{section_id}"):
                await panes.add_content(self._pane(section_id))
            panes.current = f"section-{section_id}"

    @on(OptionList.OptionSelected, "#settings-list")
    def _entered(self) -> None:
        self.screen.focus_next()

    @on(GmailActions.SenderWanted)
    def _set_up_sender(self) -> None:
        self._show_section("sender")

    def _show_section(self, section_id: str) -> None:
        listed = self.query_one("#settings-list", OptionList)
        listed.highlighted = listed.get_option_index(section_id)
        listed.focus()

    def action_turn(self) -> None:
        listed = self.query_one("#settings-list", OptionList)
        listed.focus()
        listed.action_cursor_down()

    def _show_title(self) -> None:
        section = next(section for section in self._sections if section.id == self._at)
        steps = [N_("Settings"), N_("Account and settings"), section.group, section.title]
        title = self.query_one(Title)
        title.left = " › ".join(dict.fromkeys(_(step) for step in steps))
        if self._unsaved():
            title.right = Text(_("● Not saved yet"), WARNING)
        else:
            title.right = Text(_("✓ Saved"), SUCCESS) if self._saved else ""

    def on_company_changed(self) -> None:
        for pane in self.query(UsersPane):
            pane.look()
        for actions in self.query(GmailActions):
            actions.look()

    async def on_language_changed(self) -> None:
        """All that was typed has just been saved: begin again with it."""
        self._sections = sections(self._ws.today())
        self._panes.clear()
        await self.recompose()
        self.on_mount()

    # What is typed

    @on(Field.Changed)
    @on(Area.Changed)
    def _typed(self, event: Field.Changed | Area.Changed) -> None:
        event.stop()
        if self._rest is not None:
            self._rest.stop()
        self._rest = self.set_timer(_REST, self._show_typed)

    @on(Choice.Changed)
    def _chosen(self, event: Choice.Changed) -> None:
        event.stop()
        self._show_typed()

    def _show_typed(self) -> None:
        self._show_title()
        company = self._as_typed()
        for pane in self._panes.values():
            pane.show_what_counts(company)
        for check in self.query(SenderCheck):
            check.show_what_counts(company)
        for preview in self.query(LetterPreview):
            preview.show(company)
        for examples in self.query(NumberExamples):
            examples.show(company)

    @property
    def _password(self) -> str:
        return "".join(check.password for check in self.query(SenderCheck))

    def _preferred(self, saved: Preferences) -> Preferences:
        """The saved preferences with what was changed here."""
        return next((interface.chosen(saved) for interface in self.query(Interface)), saved)

    def _as_typed(self) -> Company:
        """The company with what is typed, as far as that can be."""
        company = self._company
        for pane in self._panes.values():
            for entry, box in pane.changed():
                try:
                    company = entry.write(company, box.text)
                except FacturierError:
                    continue  # the box says so itself
        return company

    def _unsaved(self) -> list[str]:
        """The labels of what would be lost."""
        labels = [_(entry.label) for pane in self._panes.values() for entry, _box in pane.changed()]
        if self._password:
            labels.append(_("Password"))
        return [*labels, *(label for interface in self.query(Interface) for label in interface.unsaved())]

    # Saving

    @work(group="settings-save")
    async def action_save(self) -> None:
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
        self._company = company
        for pane in self._panes.values():
            pane.settle()
        for check in self.query(SenderCheck):
            check.forget()
        self._saved = True
        self._show_title()

    def _changes(self) -> list[tuple[str, str]]:
        return [(entry.id, box.text) for pane in self._panes.values() for entry, box in pane.changed()]

    def _keep(self, changes: list[tuple[str, str]], password: str) -> Company:
        """Only what was changed here is written, onto what the file says now: another window may have changed the rest.
        Raises InputError, StoreError, VaultError."""
        entries = {entry.id: entry for section in self._sections for entry in section.entries}
        company = before = self._ws.company()
        for entry_id, text in changes:
            company = entries[entry_id].write(company, text)
        # Saving what this section shows vouches for it, also where only the file was changed.
        unsaved = self._at == "sender" and not is_saved(self._ws, company)
        if password or company.sender != before.sender or unsaved:
            save_sender(self._ws, company, before=before, shown=self._company, password=password)
        else:
            save_company(self._ws.store, company)
        return self._ws.company()

    async def _wrong(self, panes: list[Pane]) -> bool:
        """Go to the first thing in them that cannot be right, if there is one."""
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

    async def action_check(self) -> None:
        if not await self._wrong([pane for pane in self._panes.values() if pane.section.id == "sender"]):
            self.query_one(SenderCheck).check(self._as_typed())

    @work
    async def action_back(self) -> None:
        unsaved = self._unsaved()
        if not unsaved:
            self.dismiss(None)
            return
        detail = _("Not saved yet: {names}.").format(names=", ".join(unsaved))
        if await self.app.push_screen_wait(ConfirmScreen(_("Close without saving?"), detail)):
            self.dismiss(None)

    async def save_now(self) -> bool:
        """Wait for what is being saved; what is not may be half typed, and would be in force from then on."""
        saving = [worker for worker in self.workers if worker.node is self and worker.group == "settings-save"]
        for worker in saving:  # `wait_for_complete` would take none of them for all of the program's
            await worker.wait()
        return True

    def half_typed(self) -> str:
        unsaved = self._unsaved()
        return _("Not saved yet: {names}.").format(names=", ".join(unsaved)) if unsaved else ""
