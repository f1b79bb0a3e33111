"""Give the right to send back to Google."""

from typing import TYPE_CHECKING

from facturier.mail.errors import ConnectError
from facturier.mail.gmail.endpoints import Endpoints
from facturier.mail.gmail.grant import Grant
from facturier.mail.gmail.transport import TIMEOUT, one_shot
from facturier.models.language import _

if TYPE_CHECKING:
    import requests


def revoke(grant: Grant, endpoints: Endpoints) -> None:
    """Revoke a grant (RFC 7009). It ends *every* token of this client's project and account, those of other companies
    too. A grant that was over already is no error. Raises ConnectError where Google could not be told."""
    import requests

    try:
        with one_shot(requests.Session(), endpoints) as session:
            reply = session.post(
                endpoints.revoke, data={"token": grant.refresh_token}, timeout=TIMEOUT, allow_redirects=False
            )
    except requests.RequestException:
        told = False
    else:
        told = reply.status_code == 200 or _is_over(reply)
    if not told:
        raise ConnectError(
            _("Google could not be told that {address} is no longer used here.").format(address=grant.address),
            kept=_("Facturier has forgotten the connection all the same."),
            todo=_("Remove the access yourself at https://myaccount.google.com/connections when you can."),
        )


def _is_over(reply: "requests.Response") -> bool:
    try:
        answer = reply.json()
    except ValueError:
        return False
    return isinstance(answer, dict) and answer.get("error") == "invalid_token"
