"""What a person prefers on this machine, in every company: the language and the look of the screens."""

from collections.abc import Iterator, Mapping

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Label

from facturier.models.company.user import Preferences
from facturier.models.text.i18n import LANGUAGES, N_, _
from facturier.tui.widgets.inputs.fields import Choice

# The fields of `Preferences` that are chosen here: their labels, and labels of their values.
_CHOICES: dict[str, tuple[str, Mapping[str, str]]] = {
    "language": (N_("Screen language"), {"": N_("same as the system"), **LANGUAGES}),
    "theme": (
        N_("Theme"),
        {
            "": N_("terminal colours"),
            "dark": N_("dark"),
            "light": N_("light"),
            "contrast": N_("high contrast"),
        },
    ),
    "glyphs": (
        N_("Symbols"),
        {"": N_("what the terminal can show"), "unicode": N_("all"), "ascii": N_("ASCII only")},
    ),
}


class Interface(Vertical):
    """One choice for each preference."""

    def __init__(self, preferences: Preferences) -> None:
        super().__init__(id="interface")
        self._kept = preferences

    def compose(self) -> ComposeResult:
        yield Label(_("Only for you, in every company on this machine:"), markup=False, classes="pane-about")
        for field, (label, answers) in _CHOICES.items():
            shown = {value: _(words) for value, words in answers.items()}
            yield Choice(_(label), shown, getattr(self._kept, field), id=f"screens-{field}")

    def chosen(self) -> dict[str, str]:
        """The preferences that were changed here, by field."""
        return dict(self._changed())

    def unsaved(self) -> list[str]:
        """The labels of what is not saved yet."""
        return [_(_CHOICES[field][0]) for field, _text in self._changed()]

    def _changed(self) -> Iterator[tuple[str, str]]:
        for field in _CHOICES:
            for choice in self.query(f"#screens-{field}").results(Choice):
                if choice.text != getattr(self._kept, field):
                    yield field, choice.text

    def settle(self, saved: Mapping[str, str]) -> None:
        """These preferences are saved now, by field."""
        self._kept = self._kept._replace(**saved)
