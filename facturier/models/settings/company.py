"""The company's own settings: who it is, how it numbers, what it says, how mail leaves without Gmail."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from facturier.models.settings.tax import TaxRate

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


@dataclass(frozen=True, slots=True)
class Company:
    """The company. `subjects` and `letters` hold a template per kind of letter and language, such as `invoice.fr`, and
    nothing for a built-in one; `messages`, printed on new invoices, and `payment_texts` hold one per language; `undo`
    is in seconds, 0 for none; `next_number` is what the next issued invoice gets; `practice` is the folder that
    everything sent from the practice company lands in, empty for every other company."""

    name: str = ""
    email: str = ""
    address: str = ""
    telephone: str = ""
    tax_numbers: str = ""
    currency: str = "CAD"
    language: str = "en"
    terms: int = 30
    prefix: str = ""
    next_number: int = 1001
    messages: dict[str, str] = field(default_factory=dict)
    rates: tuple[TaxRate, ...] = ()
    per_line: bool = False
    subjects: dict[str, str] = field(default_factory=dict)
    letters: dict[str, str] = field(default_factory=dict)
    sender: DefaultSender = DefaultSender()
    undo: int = 10
    logo: str = ""
    colour: str = ""
    fonts: str = ""
    iban: str = ""
    bic: str = ""
    pay_link: str = ""
    payment_texts: dict[str, str] = field(default_factory=dict)
    practice: str = ""

    @property
    def number(self) -> str:
        """The number that the next issued invoice gets."""
        return f"{self.prefix}{self.next_number}"

    @property
    def sender_address(self) -> str:
        """The address of the default sender; empty where there is none."""
        return (self.sender.address or self.email) if self.sender.kind else ""

    def message_for(self, language: str) -> str:
        """What is printed on a new invoice for a customer of that language."""
        return self._said(self.messages, language)

    def payment_text_for(self, language: str) -> str:
        """How a customer of that language is told to pay."""
        return self._said(self.payment_texts, language)

    def _said(self, texts: dict[str, str], language: str) -> str:
        """Better in the company's own language, which is also that of customers who have none, than not at all."""
        return texts.get(language) or texts.get(self.language, "")


def check_sizes(company: Company) -> None:
    """Raises InputError for a text that is too long to be kept."""
    from facturier.models.text.limits import LETTER, NAME, TEXT, check_length

    for text in (company.name, company.prefix, company.email):
        check_length(text, NAME)
    for text in (company.address, company.tax_numbers, company.logo, company.fonts, company.pay_link):
        check_length(text, TEXT)
    for texts in (company.messages, company.payment_texts, company.subjects, company.letters):
        for text in texts.values():
            check_length(text, LETTER if texts is company.letters else TEXT)


class Connection(NamedTuple):
    """The company's Gmail address and the right to send from it. The token itself is in the vault. `over` says why
    Google ended it, empty while it works."""

    address: str
    client_id: str
    connected: datetime
    user: str
    over: str = ""
