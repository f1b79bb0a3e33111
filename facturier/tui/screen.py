"""Screens that return a result exactly once, and protection against keys that arrive twice."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from functools import wraps
from time import monotonic
from typing import Any, ClassVar, Concatenate, ParamSpec, TypeVar

from textual import on
from textual.await_complete import AwaitComplete
from textual.events import ScreenResume
from textual.screen import ModalScreen
from textual.widget import Widget

from facturier.tui.textual_private.opening import ScreenHooks

AnswerT = TypeVar("AnswerT")
ScreenT = TypeVar("ScreenT", bound="ResultScreen[Any]")
Arguments = ParamSpec("Arguments")


class ResultScreen(ScreenHooks[AnswerT]):
    """Work may end while another screen is above the one that it was done for, and a key may come twice. Textual 8.2
    would remove the screen on top, and would fail if there was a result already.

    A screen has a class for its styles, and no id: a screen that closes stays among the children of the app until its
    workers have ended, and Textual does not allow the same id twice."""

    busy = False  # while work runs that cannot be cancelled: the person cannot go back during it
    whole: asyncio.Event | None = None  # set when the parts that follow the first frame are there; keys wait for them
    _was_shown = False
    _given: "tuple[AnswerT | None] | None" = None

    @property
    def answered(self) -> bool:
        """Whether the answer is given. The screen may still be there, below another one."""
        return self._given is not None

    def half_typed(self) -> str:
        """Return a sentence for a person who quits now and has typed something that is not saved. Empty if nothing
        would be lost."""
        return ""

    def half_typed_copy(self) -> str:
        """Return what is typed and not saved as text, without secrets. It is kept aside if the program ends and nobody
        can be asked."""
        return ""

    def dismiss(self, result: AnswerT | None = None) -> AwaitComplete:
        """Return the result and close, immediately or when the screens above are closed. The first result counts."""
        if self._given is None:
            self._given = (result,)
            return self._leave_if_on_top()
        return AwaitComplete()

    async def action_dismiss(self, result: AnswerT | None = None) -> None:
        if not self.busy:
            await super().action_dismiss(result)

    @on(ScreenResume)
    def _style_once(self, event: ScreenResume) -> None:
        """Skip the styling when a screen opens: mounting has just done it, and it takes a third of the time."""
        event.refresh_styles = event.refresh_styles and self._was_shown
        self._was_shown = True
        self.open_at_once()

    def on_screen_resume(self) -> None:
        self._leave_if_on_top()

    def _leave_if_on_top(self) -> AwaitComplete:
        if self._given is not None and self.is_active:
            return super().dismiss(*self._given)
        return AwaitComplete()


class Dialog(ModalScreen[AnswerT], ResultScreen[AnswerT]):
    """A `ResultScreen` above another screen, which stays visible around it. A dialog hides
    while another dialog is above it, so that two frames never touch.

    With `enter_acts`, Enter in a one-line field does what the dialog binds it to. In a long form it goes to the next
    field instead. On a closed list of answers it opens the list, in every dialog: so Enter must not be a priority
    binding where there is such a list.
    """

    enter_acts: ClassVar[bool] = False
    _left: Widget | None = None  # what had the focus when another dialog opened

    def on_screen_suspend(self) -> None:
        if not self.answered:  # else it closes
            self._left = self.focused
            self._show_box(False)

    def on_screen_resume(self) -> None:
        self._show_box(True)
        if self._left is not None and self._left.is_attached:
            self.set_focus(self._left)  # a hidden widget loses the focus

    def _show_box(self, shown: bool) -> None:
        for box in self.query(".dialog-box"):
            box.visible = shown


def once(
    work: Callable[Concatenate[ScreenT, Arguments], Awaitable[None]],
) -> Callable[Concatenate[ScreenT, Arguments], Coroutine[Any, Any, None]]:
    """Mark work that a key starts. While it runs, and after the screen has a result, another key does not start it
    again. (`exclusive` would cancel the first worker, but not the thread that writes.)"""

    @wraps(work)
    async def begun(screen: ScreenT, /, *arguments: Arguments.args, **named: Arguments.kwargs) -> None:
        if screen.busy or screen.answered:
            return
        screen.busy = True
        try:
            await work(screen, *arguments, **named)
        finally:
            screen.busy = False

    return begun


PATIENCE = 0.7  # seconds for which a key may still be the one that led here; keyboards repeat after half a second or so
_REPEAT = 0.2  # seconds within which a key that is held comes again, over a slow line as well


class KeyRepeatGuard:
    """Ignores a key that is still held from the screen before. Make it when the person can see what a key would
    answer."""

    def __init__(self) -> None:
        self._until = monotonic() + PATIENCE

    @property
    def rest(self) -> float:
        """Seconds until a key counts; 0 once it does."""
        return max(self._until - monotonic(), 0.0)

    def may_be(self) -> bool:
        """Whether the key that was just pressed may be the one that led here."""
        now = monotonic()
        if now >= self._until:
            return False
        self._until = max(self._until, now + _REPEAT)
        return True
