"""The contacts of a customer, a line each: name, email, telephone, and where the address goes in a message."""

from collections.abc import Iterable, Iterator
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Label

from facturier.models.books.contacts import Contact, Copy
from facturier.models.text.addresses import parse_addresses
from facturier.models.text.i18n import N_, _
from facturier.models.text.limits import ADDRESSES, NAME
from facturier.tui.widgets.inputs.fields import Choice, Field
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


class _ContactRow(Vertical):
    DEFAULT_CLASSES: ClassVar[str] = "contact-row"

    def __init__(self, contact: Contact) -> None:
        super().__init__()
        self._start = contact

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
        with Horizontal(classes="contact-line"):
            for field in fields:
                field.below = False
                yield field
            yield Choice("", {str(copy): _(words) for copy, words in _COPIES.items()}, contact.copy).add_class(
                "contact-copy"
            )
        yield Label("", markup=False, classes="contact-problem")

    @property
    def contact(self) -> Contact:
        name, email, telephone = (
            self.query_one(f".contact-{part}", Field).text for part in ("name", "email", "telephone")
        )
        return Contact(name, email, telephone, Copy(self.query_one(Choice).text))

    @on(LabelledField.Checked)
    def _checked(self, event: LabelledField.Checked) -> None:
        event.stop()
        problems = (field.shown_problem for field in self.query(Field))
        label = self.query_one(".contact-problem", Label)
        label.update("\n".join(filter(None, problems)))
        label.display = bool(str(label.content))
