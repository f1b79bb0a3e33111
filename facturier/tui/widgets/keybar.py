"""The last line: what the person can do next, in the order in which they are likely to want it."""

from typing import ClassVar

from rich.text import Text
from textual.app import RenderResult
from textual.binding import Binding
from textual.widget import Widget

from facturier.models.language import _

_NAMES: dict[str, str] = {
    "enter": "⏎",
    "space": "␣",
    "escape": "esc",
    "slash": "/",
    "colon": ":",
    "question_mark": "?",
    "up": "↑",
    "down": "↓",
    "delete": "del",
    "pageup": "PgUp",
    "pagedown": "PgDn",
}


def key_name(key: str) -> str:
    """A key as a person reads it: `^s`, `F9`, `⏎`."""
    first = key.split(",")[0].strip()
    if first in _NAMES:
        return _NAMES[first]
    if first.startswith("ctrl+"):
        return f"^{key_name(first.removeprefix('ctrl+'))}"
    if first.startswith(("alt+", "shift+")):
        prefix, _plus, rest = first.partition("+")
        return f"{prefix}+{key_name(rest)}"
    return first.upper() if first[0] == "f" and first[1:].isdecimal() else first


class KeyBar(Widget, can_focus=False):
    """One line of the active bindings that want to be shown, as many as fit; descriptions are translated here."""

    DEFAULT_CLASSES: ClassVar[str] = "keybar"

    def on_mount(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, lambda _screen: self.refresh())

    def render(self) -> RenderResult:
        line = Text(no_wrap=True, overflow="ellipsis")
        seen: set[str] = set()
        for _key, (_node, binding, enabled, _tooltip) in self.screen.active_bindings.items():
            if not binding.show or not enabled or binding.action in seen:
                continue
            seen.add(binding.action)
            entry = _entry(binding, self.app.theme_variables.get("accent", ""))
            if line.cell_len + entry.cell_len + 2 > self.size.width:
                break
            line.append("  " if line else " ")
            line.append_text(entry)
        return line


def _entry(binding: Binding, colour: str) -> Text:
    return Text.assemble((binding.key_display or key_name(binding.key), f"bold {colour}"), " ", _(binding.description))
