"""What DNS said about the recipients' domains while the preview is open."""

from collections.abc import Callable, Iterator, Sequence

from facturier.mail.sending.checks import Finding


class DomainAnswers:
    """Each domain is asked about once. `check_domain` takes an address, and returns what is wrong with its domain."""

    def __init__(self, check_domain: Callable[[str], str | None]) -> None:
        self._check_domain = check_domain
        self._answers: dict[str, str] = {}

    def look_up(self, address: str) -> bool:
        """Ask about the address's domain, unless that was done before. Returns whether something new was found."""
        domain = address.rpartition("@")[2]
        if domain in self._answers:
            return False
        self._answers[domain] = self._check_domain(address) or ""
        return bool(self._answers[domain])

    def findings(self, addresses: Sequence[str]) -> Iterator[Finding]:
        """What is wrong with the domains of these addresses, as far as DNS was asked."""
        for domain in dict.fromkeys(address.rpartition("@")[2] for address in addresses):
            if said := self._answers.get(domain, ""):
                yield Finding("warning", "to", said)
