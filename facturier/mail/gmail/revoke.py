"""Give the right to send back to Google."""

import threading

from facturier.mail.errors import ConnectError
from facturier.mail.gmail.answers import json_object
from facturier.mail.gmail.endpoints import Endpoints
from facturier.mail.gmail.grant import Grant
from facturier.mail.gmail.transport import TIMEOUT, one_shot
from facturier.models.language import _


def revoke(grant: Grant, endpoints: Endpoints, stop: threading.Event | None = None) -> None:
    """Revoke a grant (RFC 7009). It ends *every* token of this client's project and account, those of other companies
    too. A grant that was over already is no error. Raises ConnectError where Google could not be told."""
    import requests

    try:
        with one_shot(requests.Session(), endpoints, stop) as session:
            reply = session.post(
                endpoints.revoke, data={"token": grant.refresh_token}, timeout=TIMEOUT, allow_redirects=False
            )
    except requests.RequestException:
        told = False
    else:
        told = reply.status_code == 200 or (json_object(reply.content) or {}).get("error") == "invalid_token"
    if not told:
        raise ConnectError(
            _("Google could not be told that {address} is no longer used here.").format(address=grant.address),
            kept=_("Facturier has forgotten the connection all the same."),
            todo=_("Remove the access yourself at https://myaccount.google.com/connections when you can."),
        )
