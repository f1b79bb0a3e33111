"""The contacts of a customer, a line each: name, email, telephone, and where the address goes in a message."""

from collections.abc import Iterable, Iterator
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult, RenderResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Label

from facturier.models.books.contacts import Contact, Copy
from facturier.models.text.addresses import parse_addresses
from facturier.models.text.i18n import N_, _
from facturier.models.text.limits import ADDRESSES, NAME
from facturier.tui.widgets.inputs.fields import Field
from facturier.tui.widgets.inputs.labelled_field import LabelledField
from facturier.tui.widgets.inputs.one_line import Joined

_COPIES = {Copy.TO: N_("To"), Copy.CC: N_("Cc"), Copy.BCC: N_("Bcc"), Copy.NONE: N_("None")}
_FREE = 2  # empty lines, at least
_TINY = 60  # columns; below this, each part is on a line of its own


class ContactRows(Vertical):
    """Shows these contacts and some empty lines. `contacts` are those that are filled in."""

    DEFAULT_CLASSES: ClassVar[str] = "contacts"

    def __init__(self, contacts: Iterable[Contact]) -> None:
        super().__init__()
        self._start = tuple(contacts)

    def compose(self) -> ComposeResult:
        with Horizontal(classes="contact-line contact-head"):
            for name, words in (
                ("name", _("Name")),
                ("email", _("Email")),
                ("telephone", _("Telephone")),
                ("copy", _("Sent as")),
            ):
                yield Label(words, markup=False, classes=f"contact-{name}")
        for contact in (*self._start, *_free(self._start)):
            yield _ContactRow(contact)

    @property
    def contacts(self) -> tuple[Contact, ...]:
        return tuple(row.contact for row in self.query(_ContactRow) if row.contact)


def _free(contacts: tuple[Contact, ...]) -> Iterator[Contact]:
    """Empty lines: one for each kind of copy that nobody gets yet."""
    copies = [copy for copy in (Copy.TO, Copy.CC, Copy.BCC) if copy not in {contact.copy for contact in contacts}]
    for copy in (*copies, *[Copy.TO] * (_FREE - len(copies))):
        yield Contact(copy=copy)


class _ContactRow(Horizontal):
    """What is wrong with a part of it is said in a line below."""

    DEFAULT_CLASSES: ClassVar[str] = "contact-line contact-row"

    def __init__(self, contact: Contact) -> None:
        super().__init__()
        self._start = contact
        self._message: Label | None = None  # mounted with the first problem

    def compose(self) -> ComposeResult:
        contact = self._start
        tiny = self.app.size.width < _TINY  # then there is no heading
        name, email, telephone = (_("Name"), _("Email"), _("Telephone")) if tiny else ("", "", "")
        fields = (
            Field("", contact.name, placeholder=name, most=NAME, classes="field contact-name"),
            Field(
                "",
                contact.email,
                check=parse_addresses,
                placeholder=email,
                joined=Joined.ADDRESSES,
                most=ADDRESSES,
                classes="field contact-email",
            ),
            Field("", contact.telephone, placeholder=telephone, most=NAME, classes="field contact-telephone"),
        )
        for field in fields:
            field.below = False
            yield field
        yield CopyChoice(contact.copy)

    @property
    def contact(self) -> Contact:
        name, email, telephone = (
            self.query_one(f".contact-{part}", Field).text for part in ("name", "email", "telephone")
        )
        return Contact(name, email, telephone, self.query_one(CopyChoice).copy)

    @on(LabelledField.Checked)
    def _checked(self, event: LabelledField.Checked) -> None:
        event.stop()
        problems = "\n".join(filter(None, (field.shown_problem for field in self.query(Field))))
        if self._message is None and problems and isinstance(self.parent, ContactRows):
            self._message = Label(problems, markup=False, classes="contact-problem")
            self.parent.mount(self._message, after=self)
        elif self._message is not None:
            self._message.update(problems)
            self._message.display = bool(problems)


class CopyChoice(Widget, can_focus=True):
    """Where the address of a contact goes in a message. One widget, because a list to choose from would take longer to
    open than the rest of the line."""

    DEFAULT_CLASSES: ClassVar[str] = "contact-copy"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "choose", N_("Choose"), tooltip=N_("To, Cc, Bcc or no copy."), id="contact.copy"),
        Binding("enter", "app.focus_next", N_("Next"), id="contact.next", show=False),
    ]

    copy: reactive[Copy] = reactive(Copy.TO)

    def __init__(self, copy: Copy) -> None:
        super().__init__()
        self.set_reactive(CopyChoice.copy, copy)

    def render(self) -> RenderResult:
        return Text(_(_COPIES[self.copy]))

    def action_choose(self) -> None:
        copies = [*Copy]
        self.copy = copies[(copies.index(self.copy) + 1) % len(copies)]

    def on_click(self) -> None:
        self.action_choose()
