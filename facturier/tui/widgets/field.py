"""A labelled line that says below itself what is wrong, and keeps what was typed."""

from textual import on
from textual.widgets import Input

from facturier.models.clean import clean
from facturier.models.limits import LINE
from facturier.tui.widgets.labelled import Check, Labelled
from facturier.tui.widgets.one_line import Joined, OneLine


class Field(Labelled):
    """An input of one line. `check` runs as the person types. `Field.Changed` comes with every change.

    `whole` is for one short value that is typed anew, such as a date, an amount or a code: what is typed first replaces
    what stands there. Else it is added at the end, as for several addresses, paths and subjects. `joined` says how
    pasted lines become one.
    """

    class Changed(Labelled.Changed):
        """The text of a field is another one."""

    def __init__(
        self,
        label: str,
        value: str = "",
        *,
        check: Check | None = None,
        placeholder: str = "",
        password: bool = False,
        whole: bool = False,
        most: int = LINE,
        joined: Joined = Joined.WORDS,
        id: str | None = None,
        classes: str | None = None,
        disabled: bool = False,
    ) -> None:
        super().__init__(label, check=check, most=most, id=id, classes=classes, disabled=disabled)
        self._start = clean(value)
        self._placeholder = placeholder
        self._password = password
        self._whole = whole
        self._joined = joined

    def entry(self) -> OneLine:
        return OneLine(
            self._start,
            joined=self._joined,
            placeholder=self._placeholder,
            password=self._password,
            select_on_focus=self._whole,
        )

    @property
    def input(self) -> Input:
        return self.query_one(Input)

    @property
    def text(self) -> str:
        return clean(self.input.value)

    @text.setter
    def text(self, value: str) -> None:
        self.input.value = clean(value)

    @property
    def typed(self) -> bool:
        """Whether it says something else than at first."""
        return self.text != self._start

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        self.show_problem(self.problem)
        self.post_message(self.Changed(self, self.text))
