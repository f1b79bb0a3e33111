"""Give the right to send back to Google."""

from typing import TYPE_CHECKING

from facturier.mail.errors import Unreachable
from facturier.mail.gmail.endpoints import Endpoints
from facturier.mail.gmail.grant import Grant
from facturier.mail.gmail.transport import TIMEOUT, one_shot
from facturier.models.language import _

if TYPE_CHECKING:
    import requests


def revoke(grant: Grant, endpoints: Endpoints) -> None:
    """Revoke a grant (RFC 7009). It ends *every* token of this client's project and account, those of other companies
    too. A grant that was over already is no error. Raises Unreachable where Google could not be told."""
    import requests

    try:
        with one_shot(requests.Session(), endpoints) as session:
            reply = session.post(
                endpoints.revoke, data={"token": grant.refresh_token}, timeout=TIMEOUT, allow_redirects=False
            )
    except requests.RequestException as error:
        raise Unreachable(_("Google could not be reached."), reply=type(error).__name__) from None
    if reply.status_code != 200 and not _is_over(reply):
        raise Unreachable(
            _("Google answered {status}.").format(status=reply.status_code), reply=f"HTTP {reply.status_code}"
        )


def _is_over(reply: "requests.Response") -> bool:
    try:
        answer = reply.json()
    except ValueError:
        return False
    return isinstance(answer, dict) and answer.get("error") == "invalid_token"
