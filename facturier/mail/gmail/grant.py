"""What a consent leaves behind: the right to send, as it is kept in the vault."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from facturier.mail.errors import AnswerError, ConsentRefused
from facturier.mail.gmail.client import OAuthClient
from facturier.mail.gmail.id_token import address_of
from facturier.mail.redaction import protect, redact
from facturier.models.language import _

SEND = "https://www.googleapis.com/auth/gmail.send"
# The whole URL of `email`: Google answers with it, and oauthlib takes the short word for another scope.
SCOPES = ("openid", "https://www.googleapis.com/auth/userinfo.email", SEND)


@dataclass(frozen=True, slots=True)
class Grant:
    """The right to send mail as `address`, and never to read it. `stand_in` tells whether a stand-in for Google gave
    it: a token of Google's own must not be shown to one, nor the other way round."""

    address: str
    client: OAuthClient
    refresh_token: str = field(repr=False)
    scopes: tuple[str, ...]
    stand_in: bool = False

    def __post_init__(self) -> None:
        protect(self.refresh_token)

    def to_json(self) -> dict[str, object]:
        """As a JSON object, secrets and all: for the vault only."""
        return {
            "address": self.address,
            "client": {"id": self.client.id, "secret": self.client.secret, "project": self.client.project},
            "refresh_token": self.refresh_token,
            "scopes": list(self.scopes),
            "stand_in": self.stand_in,
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, object]) -> "Grant":
        """What `to_json` gave. Raises ValueError where it is something else."""
        client, scopes = kept.get("client"), kept.get("scopes")
        if not isinstance(client, Mapping) or not isinstance(scopes, list):
            raise ValueError("not a grant")  # noqa: TRY004  it is the content that is wrong
        texts = [kept.get("address"), client.get("id"), client.get("secret"), kept.get("refresh_token")]
        if not all(isinstance(text, str) and text for text in texts):
            raise ValueError("not a grant")
        address, name, secret, token = (str(text) for text in texts)
        own = OAuthClient(name, secret, str(client.get("project", "")))
        return cls(address, own, token, tuple(str(scope) for scope in scopes), bool(kept.get("stand_in")))


def grant_of(token: Mapping[str, object], client: OAuthClient, now: datetime, *, stand_in: bool) -> Grant:
    """The grant in an answer of the token endpoint, Google’s or a stand-in’s. Raises ConsentRefused where the person
    allowed less than sending, or more than we asked for; AnswerError where it is not whole."""
    said = token.get("scope")
    scopes = [str(scope) for scope in said] if isinstance(said, list) else str(said or "").split()
    if SEND not in scopes:
        raise ConsentRefused(
            _("The box that lets Facturier send mail was not ticked."),
            kept=_("Nothing was connected."),
            todo=_("Open the link again and tick “Send email on your behalf” before you choose Continue."),
        )
    if wider := sorted(set(scopes) - set(SCOPES)):
        raise ConsentRefused(
            _("Google gave more than Facturier asked for: {scopes}.").format(scopes=redact(", ".join(wider))),
            kept=_("Nothing was connected, for Facturier must never be able to read a mailbox."),
            todo=_("Use a client of its own for Facturier, one that was never allowed anything else."),
        )
    address = address_of(token.get("id_token"), client.id, now)
    refresh = token.get("refresh_token")
    if not isinstance(refresh, str) or not refresh:
        raise AnswerError(
            _("Google’s answer holds no lasting permission."),
            kept=_("Nothing was connected."),
            todo=_("Open the link again."),
        )
    return Grant(address, client, refresh, tuple(scopes), stand_in)
