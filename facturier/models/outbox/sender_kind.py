"""The two places for a sender in a company, as a delivery stores them. All else about senders is in `mail/senders`."""

from enum import StrEnum

# Gmail allows 6,000 units a minute to a user, and a send costs 100 ("Usage limits", Gmail API): 60, with some to spare
# for the company's other programs.
GMAIL_A_MINUTE = 50


class SenderKind(StrEnum):
    """Through which sender a delivery is sent: the connected Gmail address, or the default sender."""

    GMAIL = "gmail"
    DEFAULT = "default"

    @property
    def connected(self) -> bool:
        """Whether it sends with the company's connection, and waits while that is over."""
        return self is SenderKind.GMAIL

    @property
    def rate_limit(self) -> int | None:
        """How many messages a minute may be sent from one address; None for no limit."""
        return GMAIL_A_MINUTE if self is SenderKind.GMAIL else None
