"""What the person sees in the preview, for a comparison with what would be sent."""

from dataclasses import dataclass, replace

from facturier.mail.sending.prepare import Prepared
from facturier.models.settings.company import Company


@dataclass(frozen=True, slots=True)
class Seen:
    """A prepared message, and the company that it was created for."""

    prepared: Prepared
    company: Company

    def differs(self, now: Prepared, company: Company) -> bool:
        """Return whether something other than the seen message would be sent, apart from what was entered since."""
        before = self.prepared
        if (before.invoice, before.number, before.document) != (now.invoice, now.number, now.document):
            return True
        if before.composition != now.composition:  # after an edit, only the values for the texts can be compared
            return replace(self.company, next_number=company.next_number) != company
        return (before.envelope, before.subject, before.letter) != (now.envelope, now.subject, now.letter)
