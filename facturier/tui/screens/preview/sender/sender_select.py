"""The field From: the addresses that the company can send from, and actions on them."""

from collections.abc import Sequence
from enum import Enum, auto

from rich.text import Text
from textual import on
from textual.message import Message

from facturier.mail.google.shared_address import Offer
from facturier.mail.senders.choices import SenderChoice
from facturier.models.outbox.delivery import SenderKind
from facturier.models.text.i18n import _
from facturier.tui.widgets.inputs.labelled_field import LabelledField
from facturier.tui.widgets.inputs.picker import Picker


class _Action(Enum):
    NONE = auto()  # shown while the company has no sender
    ADD = auto()
    REMOVE = auto()
    SET_UP = auto()


_Answer = SenderKind | Offer | _Action


class SenderSelect(LabelledField):
    """A list of senders and actions. Choosing an action does not change the sender, and posts a message."""

    class Chosen(Message):
        """Another sender was chosen."""

        def __init__(self, sender_kind: SenderKind) -> None:
            super().__init__()
            self.sender_kind = sender_kind

    class TakeAsked(Message):
        """The person wants to send from an address of another company on this machine."""

        def __init__(self, offer: Offer) -> None:
            super().__init__()
            self.offer = offer

    class AddAsked(Message):
        """The person wants to add a Gmail address."""

    class RemoveAsked(Message):
        """The person wants to remove the Gmail address."""

    class SettingsAsked(Message):
        """The person wants to set up a default sender."""

    def __init__(self, choices: Sequence[SenderChoice], sender_kind: SenderKind) -> None:
        super().__init__(_("From"), id="from")
        self._offers: tuple[Offer, ...] = ()
        self._set(choices, sender_kind)

    def _set(self, choices: Sequence[SenderChoice], sender_kind: SenderKind) -> None:
        self._choices = tuple(choices)
        sender_kinds = [choice.sender_kind for choice in choices]
        first = sender_kinds[0] if sender_kinds else _Action.NONE
        self._value = sender_kind if sender_kind in sender_kinds else first

    def entry(self) -> Picker[_Answer]:
        return Picker(self._options(), self._value)

    @property
    def sender_kind(self) -> SenderKind | None:
        """The kind of the chosen sender, or None if the company has none."""
        return self._value if isinstance(self._value, SenderKind) else None

    @property
    def address(self) -> str:
        """The From address, or empty if there is none."""
        return next((choice.address for choice in self._choices if choice.sender_kind is self._value), "")

    def show(self, choices: Sequence[SenderChoice], sender_kind: SenderKind) -> None:
        """Show these choices, with `sender_kind` chosen if it is among them."""
        if (tuple(choices), sender_kind) == (self._choices, self.sender_kind):
            return  # so that an open list is not changed
        self._set(choices, sender_kind)
        self._renew()

    def offer(self, offers: Sequence[Offer]) -> None:
        """Add these addresses of other companies to the choices."""
        if tuple(offers) != self._offers:
            self._offers = tuple(offers)
            self._renew()

    def _renew(self) -> None:
        self.query_one(Picker).offer(self._options(), self._value)

    def _options(self) -> list[tuple[Text, _Answer]]:
        options: list[tuple[Text, _Answer]] = [
            (Text.assemble(choice.address, "   ", (choice.detail, "dim")), choice.sender_kind)
            for choice in self._choices
        ]
        if not options:
            options.append((Text(_("No sender yet: choose one here"), style="italic"), _Action.NONE))
        for offer in self._offers:
            detail = _("Gmail, as in {company}: no new consent needed").format(company=offer.company)
            options.append((Text.assemble(f"+ {offer.address}", "   ", (detail, "dim")), offer))
        options.append((Text(_("+ Add Gmail address…")), _Action.ADD))
        if any(choice.sender_kind is SenderKind.GMAIL for choice in self._choices):
            options.append((Text(_("- Remove Gmail address…")), _Action.REMOVE))
        if all(choice.sender_kind is not SenderKind.DEFAULT for choice in self._choices):
            options.append((Text(_("+ Set up a default sender…")), _Action.SET_UP))
        return options

    @on(Picker.Changed)
    def _changed(self, event: Picker.Changed) -> None:
        event.stop()
        match event.value:
            case SenderKind() as sender_kind:
                self._value = sender_kind
                self.post_message(self.Chosen(sender_kind))
            case Offer() as offer:
                self._stay_and(self.TakeAsked(offer))
            case _Action.ADD:
                self._stay_and(self.AddAsked())
            case _Action.REMOVE:
                self._stay_and(self.RemoveAsked())
            case _Action.SET_UP:
                self._stay_and(self.SettingsAsked())

    def _stay_and(self, asked: Message) -> None:
        """Keep the sender, because an action was chosen, and post the message of the action."""
        self._renew()
        self.post_message(asked)
