"""A choice between a few answers that takes one line until its list is opened."""

from collections.abc import Hashable, Iterator, Sequence
from typing import Any, ClassVar, Generic, TypeVar

from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual import on
from textual.binding import Binding, BindingType
from textual.events import Click
from textual.geometry import Size
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets._select import SelectOverlay
from textual.widgets.option_list import Option

from facturier.models.text.i18n import N_
from facturier.models.text.search_text import fold
from facturier.tui.textual_private.options import Patient

_ARROW = 3  # cells for the arrow and the spaces around it

AnswerT = TypeVar("AnswerT", bound=Hashable)


class _Answers(Patient, SelectOverlay):
    """The open list of answers. Letters move to the answer that contains them, with or without their accents."""

    def _find_search_match(self, query: str) -> int | None:
        found: list[tuple[int, int | None]] = [
            (fold(str(option.prompt)).find(fold(query)), index) for index, option in enumerate(self.options)
        ]
        return min((each for each in found if each[0] >= 0), default=(0, None))[1]


class Picker(Widget, Generic[AnswerT], can_focus=True):
    """Textual's Select mounts six widgets, and styles and lays them out again. This one draws its answer itself, and
    mounts the list when it is opened."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {"picker--words"}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter,down,space,up",
            "open",
            N_("Choose"),
            tooltip=N_("Open the list of choices."),
            id="picker.open",
            show=False,
        ),
    ]

    class Changed(Message):
        """Another answer was chosen, by the person or by the program."""

        def __init__(self, picker: "Picker[Any]", value: Hashable) -> None:
            super().__init__()
            self.picker = picker
            self.value = value

        @property
        def control(self) -> "Picker[Any]":
            return self.picker

    def __init__(self, answers: Sequence[tuple[Text, AnswerT]], value: AnswerT) -> None:
        """`answers` are given as (label, value), and `value` is one of them."""
        super().__init__()
        self._answers = answers
        self._value = value
        self._list: _Answers | None = None

    @property
    def expanded(self) -> bool:
        """Whether the list is open."""
        return self._list is not None

    @property
    def value(self) -> AnswerT:
        """The chosen answer."""
        return self._value

    @value.setter
    def value(self, value: AnswerT) -> None:
        if value != self._value:
            self._show(self._answers, value)
            self.post_message(self.Changed(self, value))

    @property
    def label(self) -> Text:
        """The words of the chosen answer."""
        return self._answers[self._place(self._value)][0]

    def offer(self, answers: Sequence[tuple[Text, AnswerT]], value: AnswerT) -> None:
        """Replace the answers and choose `value`, which must be one of them. No message is sent. If the list is open,
        the highlighted answer stays highlighted while it is still offered."""
        listed, highlighted = self._list, value
        if listed is not None and listed.highlighted is not None:
            highlighted = self._answers[listed.highlighted][1]
        self._show(answers, value)
        if listed is not None:
            listed.set_options(self._options())
            offered = any(highlighted == each for _label, each in answers)
            listed.highlighted = self._place(highlighted if offered else value)

    def _show(self, answers: Sequence[tuple[Text, AnswerT]], value: AnswerT) -> None:
        height = self._lines(self.size.width)
        self._answers, self._value = answers, value
        self.refresh(layout=self._lines(self.size.width) != height)

    def _place(self, value: AnswerT) -> int:
        return next(place for place, (_label, each) in enumerate(self._answers) if each == value)

    def _options(self) -> Iterator[Option]:
        return (Option(label) for label, _value in self._answers)

    # The list

    async def action_open(self) -> None:
        if self._list is not None:
            return
        self._list = listed = _Answers()
        listed.add_options(self._options())
        self._place_list()
        await self.mount(listed)
        listed.select(self._place(self._value))
        self.screen.set_focus(listed, scroll_visible=False)
        self.refresh()

    def on_resize(self) -> None:
        self._place_list()

    def _place_list(self) -> None:
        """Show the list below the answer."""
        if self._list is not None:
            self._list.styles.offset = (0, self.size.height)

    async def on_click(self, event: Click) -> None:
        event.stop()
        if self._list is None:
            await self.action_open()
        else:
            self._close()

    @on(SelectOverlay.Dismiss)
    def _dismissed(self, event: SelectOverlay.Dismiss) -> None:
        event.stop()
        self._close()

    @on(SelectOverlay.UpdateSelection)
    def _chosen(self, event: SelectOverlay.UpdateSelection) -> None:
        event.stop()
        self._close()
        self.value = self._answers[event.option_index][1]

    def _close(self) -> None:
        """Close the list. Something else may have the focus already."""
        if self._list is not None:
            if self._list.has_focus:
                self.screen.set_focus(self)
            self._list.remove()
            self._list = None
            self.refresh()

    # The answer

    def _wrapped(self, width: int) -> list[Text]:
        return list(self.label.wrap(self.app.console, max(width - _ARROW, 1)))

    def _lines(self, width: int) -> int:
        return max(len(self._wrapped(width)), 1)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002 (Textual's)
        return self._lines(width)

    def render_line(self, y: int) -> Strip:
        width, style, lines = self.size.width, self.rich_style, self._wrapped(self.size.width)
        words = lines[y] if y < len(lines) else Text()
        words.rstrip()
        words.end = ""
        drawn = style + self.get_component_rich_style("picker--words", partial=True)
        label = [Segment(text, drawn + (own or Style.null())) for text, own, _control in words.render(self.app.console)]
        room = max(width - _ARROW - words.cell_len, 0)
        arrow = f"{' ' * room} {'▲' if self.expanded else '▼'}" if y == 0 else ""
        return Strip([*label, Segment(arrow, style)]).adjust_cell_length(width, style)
