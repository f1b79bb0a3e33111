"""The checklist of a new company, on its list of invoices. Each step opens the screen for it."""

import asyncio
from typing import Any, ClassVar

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Label, OptionList

from facturier.mail.workspace import Workspace
from facturier.models.company.checklist import Step, show_checklist, steps_done
from facturier.models.text.i18n import N_, _
from facturier.tui.screens.dialogs.problems import problems_shown
from facturier.tui.terminal.glyphs import can_show
from facturier.tui.themes.theme import SUCCESS
from facturier.tui.widgets.done_line import Say
from facturier.tui.widgets.inputs.options import Options

# The steps in order, each with its name and its purpose.
_WORDS = {
    Step.DETAILS: (N_("Company details"), N_("address and telephone on your invoices")),
    Step.TAX_NUMBERS: (N_("Tax numbers"), N_("GST/QST, or another number, if you charge tax")),
    Step.LOGO: (N_("Logo"), N_("a PNG or SVG file at the top of the PDF")),
    Step.SENDER: (N_("Sender"), N_("your Gmail address, or another mail server")),
    Step.CUSTOMER: (N_("First customer"), N_("name and email address")),
    Step.INVOICE: (N_("First invoice"), N_("customer and lines; you review it before it is sent")),
}

# One more line, until there is a customer: it is a quicker way to the first one, not another step.
_IMPORT = (N_("Import customers"), N_("from Google Contacts, Outlook, a vCard or a CSV file"))

# The section of the settings, and the field in it.
_FIELDS = {
    Step.DETAILS: ("contact", "address"),
    Step.TAX_NUMBERS: ("contact", "tax_numbers"),
    Step.LOGO: ("look", "logo"),
}
_AROUND = 5  # columns for the margins of the list and a scrollbar
_ROOM = 20  # lines of a window from which the checklist fits below the list of invoices


def renew_checklist(screen: Screen[Any], ws: Workspace, rows: Widget, say: Say) -> None:
    """Show the checklist on the list of invoices, or update it from the books: above the rows while there are no
    invoices, below them later. `say` shows on the screen what was done."""
    body = rows.parent
    assert isinstance(body, Widget)
    empty = not steps_done(ws.store)[Step.INVOICE]
    found = screen.query(Checklist)
    if not found:
        checklist = Checklist(ws, say, focused=empty)
        screen.mount(checklist, before=body if empty else None, after=None if empty else body)
        return
    checklist = found.first()
    siblings = list(screen.children)
    if not empty and siblings.index(checklist) < siblings.index(body):
        screen.move_child(checklist, after=body)
        if screen.focused is not None and checklist in screen.focused.ancestors:
            rows.focus()  # d, 1 to 6 and Enter are for the invoices now
    checklist.display = empty or screen.size.height >= _ROOM  # in a small window, only the list is shown
    checklist.look()


class Checklist(Vertical):
    """The checklist. It reads the books when it is mounted and at `look`.

    Posts `Ended` when everything is done or the person dismisses it, and `Changed` after a step.
    """

    class Ended(Message):
        """The checklist is no longer needed."""

        def __init__(self, *, done: bool) -> None:
            super().__init__()
            self.done = done

    class Changed(Message):
        """The person has come back from a step."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            Binding(str(number), f"do('{step}')", words[0], id=f"checklist.{step}", show=False)
            for number, (step, words) in enumerate(_WORDS.items(), 1)
        ),
        Binding(str(len(_WORDS) + 1), "import", _IMPORT[0], id="checklist.import", show=False),
        Binding(
            "d,delete",
            "dismiss_list",
            N_("Dismiss the checklist"),
            tooltip=N_("Hide it for this company. Everything stays available under its usual key."),
            id="checklist.dismiss",
        ),
    ]

    def __init__(self, ws: Workspace, say: Say, *, focused: bool) -> None:
        super().__init__(id="checklist")
        self._ws = ws
        self._say = say
        self._focused = focused
        self._done: dict[Step, bool] = {}

    def compose(self) -> ComposeResult:
        yield Label("", markup=False, id="checklist-title")
        yield Options(markup=False, compact=True)

    def on_resize(self) -> None:
        if self._done:
            self._draw()

    def on_mount(self) -> None:
        self.look()
        if self._focused:
            self.query_one(OptionList).focus()

    def look(self) -> None:
        """Read the books again, and update the checklist."""
        done = steps_done(self._ws.store)
        if all(done.values()):
            self.end(done=True)
        elif done != self._done:
            self._done = done
            self._draw()

    def _draw(self) -> None:
        title = _("Set up your company: {done} of {of} done").format(done=sum(self._done.values()), of=len(_WORDS))
        self.query_one("#checklist-title", Label).update(title)
        listed = self.query_one(OptionList)
        at = listed.highlighted
        listed.clear_options()
        listed.add_options([self._line(number, step) for number, step in enumerate(_WORDS, 1)])
        if not self._done[Step.CUSTOMER]:
            listed.add_option(self._to_do(len(_WORDS) + 1, *map(_, _IMPORT)))
        # Highlight the next step, unless the person is on an unfinished one.
        following = next(place for place, step in enumerate(_WORDS) if not self._done[step])
        steps = list(_WORDS)
        done = at is None or (self._done[steps[at]] if at < len(steps) else self._done[Step.CUSTOMER])
        listed.highlighted = following if done else at

    def _line(self, number: int, step: Step) -> Text:
        name, about = (_(words) for words in _WORDS[step])
        if self._done[step]:
            return Text.assemble(("✓ " if can_show("✓") else "x ", SUCCESS), f"{number}  ", (name, "dim"))
        return self._to_do(number, name, about)

    def _to_do(self, number: int, name: str, about: str) -> Text:
        line = Text.assemble("  ", (str(number), "bold"), f"  {name}", (f"  {about}", "dim"))
        line.truncate(self.screen.size.width - _AROUND, overflow="ellipsis")
        return line

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        if event.option_index < len(_WORDS):
            self.action_do(list(_WORDS)[event.option_index])
        else:
            self.action_import()

    @work(group="checklist")
    async def action_do(self, step: str) -> None:
        if step == Step.INVOICE:
            await self.screen.run_action("new")
            return
        await self.app.push_screen_wait(self._screen(Step(step)))
        self.post_message(self.Changed())

    @work(group="checklist")
    async def action_import(self) -> None:
        from facturier.models.imports.fields import Kind
        from facturier.tui.screens.imports.open_import import import_file

        await import_file(self.screen, self._ws, Kind.CUSTOMERS, self._say)
        self.post_message(self.Changed())

    def _screen(self, step: Step) -> Screen[Any]:
        from facturier.tui.screens.settings.screen import SettingsScreen

        if step is Step.CUSTOMER:
            from facturier.models.books.invoice import Customer
            from facturier.tui.screens.customer.screen import CustomerScreen

            return CustomerScreen(self._ws, Customer())
        if step is Step.SENDER:
            return SettingsScreen(self._ws, "gmail")
        section, field = _FIELDS[step]
        return SettingsScreen(self._ws, section, field=field)

    def action_dismiss_list(self) -> None:
        self.end(done=False)

    @work(group="checklist-end", exclusive=True)
    async def end(self, *, done: bool) -> None:
        """Stop showing the checklist for this company."""

        def write() -> None:
            with self._ws.store.writing():
                show_checklist(self._ws.store, shown=False)

        with problems_shown(self):
            await asyncio.to_thread(write)
            self.post_message(self.Ended(done=done))
