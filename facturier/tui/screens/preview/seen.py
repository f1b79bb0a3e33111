"""What the person sees in the preview, to compare with what would be sent."""

from dataclasses import dataclass

from facturier.mail.sending.prepare import Prepared
from facturier.models.settings.company import Company


@dataclass(frozen=True, slots=True)
class Seen:
    """A prepared message, and the company that it was made for."""

    prepared: Prepared
    company: Company

    def differs(self, now: Prepared, company: Company) -> bool:
        """Whether something else would be sent than what was seen, apart from what the person has typed since."""
        before = self.prepared
        if (before.invoice, before.number, before.document) != (now.invoice, now.number, now.document):
            return True
        if before.composition != now.composition:  # typed since: then what it is filled with must be the same
            return self.company.without_next_numbers() != company.without_next_numbers()
        return (before.envelope, before.subject, before.letter) != (now.envelope, now.subject, now.letter)
