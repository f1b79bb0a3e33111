"""Account and settings: the company, how it sends and how it sells."""

from collections.abc import Iterable
from typing import ClassVar

from rich.padding import Padding
from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widgets import ContentSwitcher, OptionList
from textual.widgets.option_list import Option

from facturier.models.text.i18n import N_, _
from facturier.tui import keys
from facturier.tui.screens.dialogs.dialogs import ConfirmScreen
from facturier.tui.screens.dialogs.palette.commands import Command
from facturier.tui.screens.settings.commands import section_commands
from facturier.tui.screens.settings.entries.numbers import NumberExamples
from facturier.tui.screens.settings.entries.pane import Pane
from facturier.tui.screens.settings.panes.gmail_pane import GmailActions
from facturier.tui.screens.settings.panes.letter_preview import LetterPreview
from facturier.tui.screens.settings.panes.sender_check import SenderCheck
from facturier.tui.screens.settings.saving import SettingsSaving
from facturier.tui.screens.settings.sections import sections
from facturier.tui.screens.settings.users.users_pane import UsersPane
from facturier.tui.themes.theme import SUCCESS, WARNING
from facturier.tui.widgets.inputs.fields import Area, Choice, Field
from facturier.tui.widgets.inputs.options import Options
from facturier.tui.widgets.keybar import KeyBar
from facturier.tui.widgets.title import Banner, Title

_REST = 0.2  # seconds without a key after which the title and what depends on a field follow


class SettingsScreen(SettingsSaving):
    """Sections in a list at the side. One key saves everything that was entered, or nothing."""

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
            "f10",
            "check",
            N_("Check"),
            tooltip=N_("Check the default sender as entered here, without sending anything."),
            id="settings.check",
        ),
        keys.BACK_FROM_FORM.on("settings.back", N_("Close the settings.")),
    ]

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
            # In a padding, the second line of a long title is indented as well.
            options.append(Option(Padding(Text(_(section.title)), (0, 0, 0, 1)), section.id))
        return options

    def _pane(self, section_id: str) -> Pane:
        section = next(section for section in self._sections if section.id == section_id)
        more = self._more.get(section_id)
        self._panes[section_id] = Pane(section, self._company, (more(),) if more is not None else ())
        return self._panes[section_id]

    # Moving between sections

    @on(OptionList.OptionHighlighted, "#settings-list")
    async def _turned(self, event: OptionList.OptionHighlighted) -> None:
        assert event.option_id is not None
        self._at = event.option_id
        await self._turn_to(self._at)
        self._show_typed()
        self.refresh_bindings()

    async def _turn_to(self, section_id: str) -> None:
        """Show a section. Each is created when it is first shown, because creating all at once would take a second."""
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

    # What is shown

    def _show_title(self) -> None:
        section = next(section for section in self._sections if section.id == self._at)
        steps = [N_("Settings"), N_("Account and settings"), section.group, section.title]
        title = self.query_one(Title)
        title.left = " › ".join(dict.fromkeys(_(step) for step in steps))
        if self._unsaved():
            title.right = Text(_("● Not saved yet"), WARNING)
        else:
            failed = any(check.failed for check in self.query(SenderCheck))
            saved = Text(_("Saved. The check failed."), WARNING) if failed else Text(_("✓ Saved"), SUCCESS)
            title.right = saved if self._saved else ""

    def on_company_changed(self) -> None:
        for pane in self.query(UsersPane):
            pane.look()
        for actions in self.query(GmailActions):
            actions.look()

    async def on_language_changed(self) -> None:
        await self._compose_again()

    @on(SettingsSaving.SectionsChanged)
    async def _compose_again(self) -> None:
        """Compose the screen again, with what was typed since the last save."""
        typed, password = self._changes().changed, self._password
        self._sections = sections(self._ws.today(), self._company.levels)
        self._panes.clear()
        await self.recompose()
        for section in self._sections:
            again = [change for change in typed if any(entry.id == change.entry.id for entry in section.entries)]
            if again or (password and section.id == "sender"):
                await self._turn_to(section.id)
            for change in again:
                self._panes[section.id].type_again(change.entry.id, change.text, change.seen)
        for check in self.query(SenderCheck):
            check.password = password
        await self._turn_to(self._at)
        self.on_mount()

    @on(Field.Changed)
    @on(Area.Changed)
    def _typed(self, event: Field.Changed | Area.Changed) -> None:
        event.stop()
        self._copy_soon()
        if self._rest is not None:
            self._rest.stop()
        self._rest = self.set_timer(_REST, self._show_typed)

    @on(Choice.Changed)
    def _chosen(self, event: Choice.Changed) -> None:
        event.stop()
        self._copy_soon()
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

    # Checking, and going back

    def action_check(self) -> None:
        self._with_folder(self._sender_panes, self._check)

    @property
    def _sender_panes(self) -> list[Pane]:
        return [pane for pane in self._panes.values() if pane.section.id == "sender"]

    @work(group="settings-check")
    async def _check(self) -> None:
        if not await self._wrong(self._sender_panes):
            self.query_one(SenderCheck).check(self._as_typed())

    @work(group="settings-back", exclusive=True)
    async def action_back(self) -> None:
        await self.save_now()  # what is being saved is not given up
        if self.app.screen is not self:
            return
        unsaved = self._unsaved()
        if not unsaved:
            self.dismiss(None)
            return
        detail = _("Not saved yet: {names}.").format(names=", ".join(unsaved))
        if await self.app.push_screen_wait(ConfirmScreen(_("Close without saving?"), detail)):
            self.dismiss(None)
