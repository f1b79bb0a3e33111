"""The settings of a company: identity, numbering, texts, taxes, payment, and how to send mail without Gmail."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, NamedTuple

from facturier.models.settings.series import DEFAULTS, FRENCH_DEFAULTS, KINDS, Series
from facturier.models.settings.tax import TaxRate

if TYPE_CHECKING:
    from facturier.models.settings.reminders import Level

# What `DefaultSender.kind` may be, beside empty. `facturier/mail/senders/registry.py` has the senders.
DEFAULT_SENDERS = ("smtp", "folder")


@dataclass(frozen=True, slots=True)
class DefaultSender:
    """How mail is sent without Gmail. `kind` is one of DEFAULT_SENDERS, or empty for none. An SMTP password is in the
    vault, never here. `security` is `tls` (implicit), `starttls`, or `none`, which only a server on this machine may
    be."""

    kind: str = ""
    address: str = ""
    host: str = ""
    port: int = 465
    security: str = "tls"
    user: str = ""
    folder: str = ""


class CustomField(NamedTuple):
    """A field that the company adds to its invoices. `printed` says whether the document shows it."""

    name: str
    printed: bool = True


@dataclass(frozen=True, slots=True)
class AutomaticReminders:
    """Whether and when reminders are sent automatically.

    `at` is the time of day from which they are sent, such as `09:00`. `until` is the last level that is sent, in days
    relative to the due date, or None for all levels. If more than `most` are due at once, a person decides.
    """

    on: bool = False
    at: str = "09:00"
    until: int | None = None
    most: int = 20


@dataclass(frozen=True, slots=True)
class Company:
    """The settings of a company.

    `subjects` and `letters` hold one template per kind of letter and language, such as `invoice.fr`; a missing one
    means the built-in template. `messages`, printed on new invoices, and `payment_texts` hold one text per language.
    `terms` is in days, and `terms_rule` is explained at `Terms`. `undo` is in seconds, 0 to turn it
    off. `series` has the number series of each kind of document that differs from the default. With `inclusive`, the
    prices on new invoices include the taxes. `practice` is the folder that receives everything sent from the practice
    company; it is empty for every other company. `reminders` are the levels that a person chose, None for the built-in
    ones: see `levels`. `copies` has the addresses that get a blind copy of every email, separated by commas.
    `removed_copies` has those that got one until they were removed, each in lower case with the time of that.
    """

    name: str = ""
    email: str = ""
    address: str = ""
    telephone: str = ""
    tax_numbers: str = ""
    currency: str = "CAD"
    language: str = "en"
    terms: int = 30
    terms_rule: str = ""
    series: Mapping[str, Series] = field(default_factory=dict)
    messages: Mapping[str, str] = field(default_factory=dict)
    rates: tuple[TaxRate, ...] = ()
    per_line: bool = False
    inclusive: bool = False
    subjects: Mapping[str, str] = field(default_factory=dict)
    letters: Mapping[str, str] = field(default_factory=dict)
    sender: DefaultSender = DefaultSender()
    undo: int = 10
    logo: str = ""
    colour: str = ""
    fonts: str = ""
    iban: str = ""
    bic: str = ""
    pay_link: str = ""
    payment_texts: Mapping[str, str] = field(default_factory=dict)
    custom_fields: tuple[CustomField, ...] = ()
    practice: str = ""
    reminders: "tuple[Level, ...] | None" = None
    automatic_reminders: AutomaticReminders = AutomaticReminders()
    copies: str = ""
    removed_copies: Mapping[str, datetime] = field(default_factory=dict)

    def series_of(self, kind: str) -> Series:
        """Return the number series of a kind of document, one of `facturier.models.settings.series.KINDS`."""
        usual = FRENCH_DEFAULTS if self.language == "fr" else DEFAULTS
        return self.series.get(kind, usual[kind])

    def with_series(self, kind: str, series: Series) -> "Company":
        return replace(self, series={**self.series, kind: series})

    def without_next_numbers(self) -> "Company":
        """Return the company without its next numbers, to compare the rest."""
        return replace(self, series={kind: self.series_of(kind)._replace(next={}) for kind in KINDS})

    def next_number(self, day: date, kind: str = "invoice") -> str:
        """Return the number that the next document of this kind and day gets."""
        return self.series_of(kind).number(day)

    @property
    def levels(self) -> "tuple[Level, ...]":
        """The levels of reminders, the earliest first."""
        from facturier.models.settings.reminders import DEFAULT_LEVELS

        return DEFAULT_LEVELS if self.reminders is None else self.reminders

    @property
    def sender_address(self) -> str:
        """The address of the default sender; empty where there is none."""
        return (self.sender.address or self.email) if self.sender.kind else ""

    def bcc_with(self, bcc: str) -> str:
        """Return the Bcc of a new email: that of the customer, and the company's own copies."""
        known = {address.strip().casefold() for address in bcc.split(",")}
        own = (address.strip() for address in self.copies.split(","))
        return ", ".join(filter(None, (bcc, *(address for address in own if address.casefold() not in known))))

    def copies_removed_since(self, queued: datetime) -> set[str]:
        """Return the addresses, in lower case, that got a copy of an email from then because the company wanted it, and
        that are to get none any more. What was queued after the removal has them because a person typed them."""
        return {address for address, removed in self.removed_copies.items() if queued < removed}

    def with_copies_from(self, before: "Company", now: datetime) -> "Company":
        """Return the company with a record of the copies that were removed since `before`."""
        old, new = (
            {address.strip().casefold() for address in company.copies.split(",")} - {""} for company in (before, self)
        )
        removed = {**before.removed_copies, **dict.fromkeys(old - new, now)}
        return replace(self, removed_copies={address: at for address, at in removed.items() if address not in new})

    def message_for(self, language: str) -> str:
        """Return the message that new invoices for customers of this language carry."""
        return self._said(self.messages, language)

    def payment_text_for(self, language: str) -> str:
        """Return the payment instructions for customers of this language."""
        return self._said(self.payment_texts, language)

    def _said(self, texts: Mapping[str, str], language: str) -> str:
        """Return the text in this language, or else in the company's language."""
        return texts.get(language) or texts.get(self.language, "")


def check_sizes(company: Company) -> None:
    """Raises InputError if a text is too long to store."""
    from facturier.models.text.limits import ADDRESSES, LETTER, NAME, TEXT, check_length

    for text in (company.name, company.email):
        check_length(text, NAME)
    for text in (company.address, company.tax_numbers, company.logo, company.fonts, company.pay_link):
        check_length(text, TEXT)
    check_length(company.copies, ADDRESSES)
    for texts in (company.messages, company.payment_texts, company.subjects, company.letters):
        for text in texts.values():
            check_length(text, LETTER if texts is company.letters else TEXT)
    for level in company.reminders or ():
        for text in level.texts.values():
            check_length(text, LETTER)


class Connection(NamedTuple):
    """The company's Gmail address and its permission to send.

    The vault stores the token. `over` is the reason why Google ended the connection; it is empty while the connection
    works.
    """

    address: str
    client_id: str
    connected: datetime
    user: str
    over: str = ""
