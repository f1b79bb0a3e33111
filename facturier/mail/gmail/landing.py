"""The address that a browser lands on after the consent page, as it was pasted or as it came (RFC 6749, 4.1.2)."""

from urllib.parse import SplitResult, parse_qs, urlsplit

from facturier.mail.errors import AnswerError, ConsentRefused
from facturier.mail.redaction import redact
from facturier.models.language import _


def landing(pasted: str, link: str, port: int, state: str) -> dict[str, str]:
    """The parameters of an answer to the attempt with this link, port and state; `code` is among them, and not empty.

    Raises AnswerError for an address that is no answer to it, ConsentRefused where it says that access was not allowed.
    """
    parts = _split(pasted)
    if parts.netloc and parts.netloc == urlsplit(link).netloc:
        raise AnswerError(
            _("This is the link itself, not the address that you land on after it."),
            todo=_("Open it, choose Allow, and copy the address of the page that does not load."),
        )
    if parts.hostname not in ("127.0.0.1", "localhost") or parts.port != port or parts.path not in ("", "/"):
        raise AnswerError(
            _("This is not the address that Google sends you back to."),
            todo=_("It begins with http://127.0.0.1:{port}/ and is long. Copy all of it.").format(port=port),
        )
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    if query.get("state") != state:
        raise AnswerError(
            _("This answer belongs to another link, perhaps an older one."),
            kept=_("Nothing was connected."),
            todo=_("Open the link that is shown now, and copy the address that you land on."),
        )
    if error := query.get("error"):
        raise refused(error)
    if "code" not in query:
        raise AnswerError(
            _("The address is not whole: the part with the code is missing."),
            todo=_("Copy the whole address line, to its very end."),
        )
    return query


def refused(error: str) -> ConsentRefused:
    """What an error code of Google's sign-in says to the person."""
    if error == "access_denied":
        return ConsentRefused(
            _("Google says that access was not allowed."),
            kept=_("Nothing was connected."),
            todo=_("If that was a slip, open the link again and choose Allow."),
        )
    if error in ("admin_policy_enforced", "org_internal"):
        return ConsentRefused(
            _("The administrator of this Google account does not allow it."),
            kept=_("Nothing was connected."),
            todo=_("Ask the administrator to trust the company’s OAuth client, or choose another account."),
        )
    return ConsentRefused(
        _("Google refused: {error}.").format(error=redact(error, 200)),
        kept=_("Nothing was connected."),
        todo=_("Open the link again. If it says the same, look at the OAuth client in Google Cloud."),
    )


def _split(pasted: str) -> SplitResult:
    """The parts of an address, with or without http:// before it, for some browsers hide that; of nothing at all where
    it is no address."""
    try:
        parts = urlsplit(pasted if "://" in pasted else f"http://{pasted}")
        _port = parts.port  # raises ValueError where it is no number
    except ValueError:
        return urlsplit("")
    return parts
