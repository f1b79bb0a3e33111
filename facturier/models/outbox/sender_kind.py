"""The two kinds of sender in a company, as a delivery stores them. `mail/senders` has everything else about senders."""

from enum import StrEnum

# Gmail allows 6,000 units per minute and user, and a send costs 100 units ("Usage limits", Gmail API). That makes 60
# messages; the rest is for the company's other programs.
GMAIL_A_MINUTE = 50


class SenderKind(StrEnum):
    """The sender of a delivery: the connected Gmail address, or the default sender."""

    GMAIL = "gmail"
    DEFAULT = "default"

    @property
    def connected(self) -> bool:
        """Whether it uses the company's Gmail connection, and so waits after that has ended."""
        return self is SenderKind.GMAIL

    @property
    def rate_limit(self) -> int | None:
        """The number of messages per minute that may be sent from one address, or None if there is no limit."""
        return GMAIL_A_MINUTE if self is SenderKind.GMAIL else None
