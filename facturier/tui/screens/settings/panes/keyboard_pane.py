"""Keyboard: choosing a preset of keys. The choice is in effect at once, for this person."""

import asyncio

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Label, OptionList

from facturier.mail.workspace import Workspace
from facturier.models.company.user import change_preferences
from facturier.models.text.i18n import N_, _
from facturier.tui.keymap.apply import complete_keys
from facturier.tui.keymap.key_file import read_key_file
from facturier.tui.keymap.presets import DEFAULT, PRESETS
from facturier.tui.screens.dialogs.problems import problems_shown
from facturier.tui.widgets.inputs.options import Options, ValueOption

_ABOUT = {
    DEFAULT: N_("the keys in the documentation"),
    "vim": N_("more ways through a list: Ctrl+F, Ctrl+B, h, l"),
    "emacs": N_("lists with Ctrl+N, Ctrl+P, Ctrl+V, Alt+V; commands with Alt+X"),
}


class KeyboardPane(Vertical):
    def __init__(self, ws: Workspace) -> None:
        super().__init__(id="keyboard")
        self._ws = ws

    def compose(self) -> ComposeResult:
        yield Options(id="keyboard-list", compact=True)
        path = self._ws.locations.key_file
        own = _("To change single keys, write them in {path}. “facturier keys” lists the actions.").format(path=path)
        yield Label(own, markup=False, id="keyboard-file")

    def on_mount(self) -> None:
        self._show()

    def _show(self) -> None:
        in_file = read_key_file(self._ws.locations.key_file).preset
        current = in_file or self._ws.preferences().keys or DEFAULT
        listed = self.query_one(OptionList)
        listed.clear_options()
        for name in PRESETS:
            line = Text.assemble("● " if name == current else "  ", (name, "bold"), "  ", (_(_ABOUT[name]), "dim"))
            if in_file and name == in_file:
                line.append("  " + _("set in the key file"), "dim")
            listed.add_option(ValueOption(line, name, disabled=bool(in_file)))
        listed.highlighted = None if in_file else list(PRESETS).index(current)

    @on(OptionList.OptionSelected)
    @work
    async def _chosen(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        assert isinstance(event.option, ValueOption)
        name = "" if event.option.value == DEFAULT else event.option.value
        with problems_shown(self):
            await asyncio.to_thread(change_preferences, self._ws.locations.data, lambda kept: kept._replace(keys=name))
            await complete_keys(self.app, self._ws)
        self._show()
