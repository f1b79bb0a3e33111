"""The last line of a screen: the available keys, most likely ones first."""

from typing import ClassVar, NamedTuple

from rich.text import Text
from textual.app import RenderResult
from textual.binding import Binding
from textual.events import Click
from textual.keys import key_to_character
from textual.widget import Widget

from facturier.models.text.i18n import N_, _
from facturier.tui.terminal.glyphs import only_plain

_NAMES: dict[str, str] = {
    "enter": "⏎",
    "space": "␣",
    "escape": "esc",
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
    "delete": "del",
    "pageup": "PgUp",
    "pagedown": "PgDn",
}

# For terminals without these symbols. A single ASCII character would not be understood.
_PLAIN_NAMES = {"enter": "Enter", "space": "Space", "up": "up", "down": "down", "left": "left", "right": "right"}

# Textual's own names, which it cannot convert back.
_CHARACTERS = {"slash": "/", "at": "@", "underscore": "_", "plus": "+", "minus": "-", "backslash": "\\"}

# Textual's own descriptions, listed so that they are translated too.
_TEXTUALS = (N_("Dismiss menu"),)

# Shorter descriptions, used before any key is dropped from a narrow line.
_SHORT = {
    N_("Save & send"): N_("Send"),
    N_("Send marked"): N_("Send these"),
    N_("Copy the link"): N_("Copy"),
    N_("Undo send"): N_("Undo"),
    N_("Record a bounce"): N_("Bounce"),
    N_("Switch sender"): N_("Sender"),
    N_("Request access"): N_("Access"),
    N_("Choose the invoice"): N_("Invoice"),
    N_("Save a copy elsewhere"): N_("Save a copy"),
    N_("Quit without saving"): N_("Quit now"),
    N_("Commands"): N_("Menu"),
}

# Keys that only move about: everyone tries them, and help lists them.
MOVES = {"up", "down", "left", "right", "home", "end", "pageup", "pagedown", "ctrl+d", "ctrl+u"}

# Cells between two entries, in a wide and a narrow line.
_WIDE, _NARROW = 3, 2


def character_of(key: str) -> str | None:
    """Return the character that a key types, or None."""
    return _CHARACTERS.get(key) or key_to_character(key)


def key_name(key: str) -> str:
    """Return a key as it is shown to the user: `^s`, `F9`, `⏎`."""
    first = key.split(",")[0].strip()
    if first in _NAMES:
        return _PLAIN_NAMES.get(first, _NAMES[first]) if only_plain() else _NAMES[first]
    if first.startswith("ctrl+"):
        return f"^{key_name(first.removeprefix('ctrl+'))}"
    if first.startswith(("alt+", "shift+")):
        prefix, _plus, rest = first.partition("+")
        return f"{prefix}+{key_name(rest)}"
    character = character_of(first)
    if character is not None and character.isprintable():
        return character
    return first.upper() if first[0] == "f" and first[1:].isdecimal() else first


class _Key(NamedTuple):
    """A key that works now."""

    key: str
    binding: Binding
    way_out: bool = False


class _Found(NamedTuple):
    """The keys of the screen, those that are shown only where there is room, and those of the app."""

    own: list[_Key]
    extra: list[_Key]
    always: list[_Key]


class _Entry(NamedTuple):
    """One action in the line. `key` is what a click presses."""

    key: str
    text: Text
    way_out: bool = False


class KeyBar(Widget, can_focus=False):
    """One line with the keys of the screen, as many as fit; a click on one presses it. Bindings with `show` come first,
    then the others where there is room, except those with `system`. Translates their descriptions."""

    DEFAULT_CLASSES: ClassVar[str] = "keybar"
    COMPONENT_CLASSES: ClassVar[set[str]] = {"keybar--key"}

    _line = Text()
    _places: tuple[tuple[str, int, int], ...] = ()
    _width = 0  # the cells that the line was made for

    def on_mount(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, lambda _screen: self._renew())
        self.app.theme_changed_signal.subscribe(self, lambda _theme: self._renew())

    def render(self) -> RenderResult:
        if self._width != self.size.width:  # drawn before the resize is reported
            self._fit()
        return self._line

    def on_click(self, event: Click) -> None:
        for key, left, right in self._places:
            if left <= event.x < right:
                self.app.simulate_key(key)

    def _renew(self) -> None:
        # Textual signals "bindings updated" at every change of focus; repaint only if the line changed.
        before = self._line
        self._fit()
        if self._line != before:
            self.refresh()

    def _fit(self) -> None:
        self._width = self.size.width
        self._line, self._places = self._fitted(self._width)

    def _fitted(self, width: int) -> tuple[Text, tuple[tuple[str, int, int], ...]]:
        """Return the line, and the key and the columns of each entry. Descriptions are shortened before any entry is
        dropped. The way out and help, which lists all other keys, always stay; the palette is dropped first, then the
        screen's entries from the end."""
        found = self._found()
        own, always = ([self._entry(one, {}) for one in keys] for keys in (found.own, found.always))
        if _width([*own, *always], _NARROW) > width:
            own, always = ([self._entry(one, _SHORT) for one in keys] for keys in (found.own, found.always))
            if _width([*own, *always], _NARROW) > width and not always:
                always = self._help()  # a dialog, whose keys are also in the help
            while _width([*own, *always], _NARROW) > width:
                last = next((place for place in reversed(range(len(own))) if not own[place].way_out), None)
                if len(always) > 1:
                    always.pop()
                elif last is not None:
                    del own[last]
                else:
                    break
        else:
            for one in found.extra:
                entry = self._entry(one, {})
                if _width([*own, entry, *always], _NARROW) > width:
                    break
                own.append(entry)
        entries = [*own, *always]
        gap = _WIDE if _width(entries, _WIDE) <= width else _NARROW
        line = Text(" ", no_wrap=True, overflow="ellipsis")
        places: list[tuple[str, int, int]] = []
        for entry in entries:
            if places:
                line.append(" " * gap)
            left = line.cell_len
            line.append_text(entry.text)
            places.append((entry.key, left, line.cell_len))
        return line, tuple(places)

    def _found(self) -> _Found:
        own: dict[str, _Key] = {}
        always: list[_Key] = []
        extra: dict[str, _Key] = {}  # by description
        last: dict[str, _Key] = {}  # by action
        described: set[str] = set()
        screen, app, focused = self.screen, self.app, self.screen.focused
        for key, (node, binding, enabled, _tooltip) in screen.active_bindings.items():
            # The focused field would insert this key as text.
            if not enabled or (focused is not None and focused.check_consume_key(key, character_of(key))):
                continue
            if key == "escape" and binding.action in own:  # the key of the entry came before it
                own[binding.action] = own[binding.action]._replace(way_out=True)
            if binding.show and binding.action not in own and binding.description not in described:
                described.add(binding.description)
                if node is app:
                    always.append(_Key(key, binding))
                else:
                    own[binding.action] = _Key(key, binding, way_out=key == "escape")
            elif not binding.show and not binding.system and binding.id and binding.description and key not in MOVES:
                if node is app:
                    last.setdefault(binding.action, _Key(key, binding))
                elif node is screen:
                    extra.setdefault(binding.description, _Key(key, binding))
        # The app's in the order in which it has them: some come early, in the place of a key of Textual's.
        for one in app.BINDINGS:
            if isinstance(one, Binding) and one.action in last:
                extra.setdefault(one.description, last[one.action])
        return _Found([*own.values()], [one for name, one in extra.items() if name not in described], always)

    def _entry(self, one: _Key, words: dict[str, str]) -> _Entry:
        """Return a key as an entry. `words` replaces descriptions."""
        key, binding, way_out = one
        name = _(binding.key_display) if binding.key_display else key_name(key)
        description = _(words.get(binding.description, binding.description))
        style = self.get_component_rich_style("keybar--key", partial=True)
        return _Entry(key, Text.assemble((name, style), " ", description), way_out)

    def _help(self) -> list[_Entry]:
        """Return the help of the app with the key that works everywhere."""
        found = (binding for binding in self.app.BINDINGS if isinstance(binding, Binding) and binding.priority)
        return [self._entry(_Key(binding.key, binding), {}) for binding in found if binding.action == "help"]


def _width(entries: list[_Entry], gap: int) -> int:
    return sum(entry.text.cell_len for entry in entries) + gap * (len(entries) - 1) + 1
