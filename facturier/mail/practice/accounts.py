"""Who there is at the stand-in for Google: accounts, and the projects' OAuth clients."""

import hashlib
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Account:
    """A Google account. Without `gmail` it signs in and cannot send ("Mail service not enabled"). `verified` is the
    id_token's `email_verified`. `aliases` are its own "send mail as" addresses, which Gmail leaves in From."""

    address: str
    name: str = ""
    gmail: bool = True
    verified: bool = True
    aliases: tuple[str, ...] = ()

    @property
    def subject(self) -> str:
        """The account's number, which stays when its address changes (`sub` in the id_token)."""
        return str(int.from_bytes(hashlib.sha256(self.address.encode()).digest()[:8], "big"))


@dataclass(frozen=True, slots=True)
class Client:
    """An OAuth client of a project. `kind` is `installed` ("Desktop app") or `web`. `gmail_api` is whether someone has
    enabled the Gmail API in the project. `testing` is its publishing status, in which a grant ends after 7 days."""

    id: str = "471108815-practice.apps.googleusercontent.com"
    secret: str = field(default="GOCSPX-practice-not-a-secret", repr=False)
    project: str = "practice-books"
    kind: str = "installed"
    gmail_api: bool = True
    testing: bool = False
