import pytest

from facturier.mail.gmail.endpoints import Endpoints, google_endpoints
from facturier.models.errors import FacturierError


def test_google_itself_when_nothing_is_named() -> None:
    found = google_endpoints({})
    assert found == Endpoints()
    assert found.stand_in == ""
    assert all(
        address.startswith("https://") for address in (found.auth, found.token, found.device, found.revoke, found.gmail)
    )


@pytest.mark.parametrize("named", ["http://127.0.0.1:8025", "http://127.0.0.1:8025/", "http://[::1]:8025"])
def test_a_stand_in_on_this_machine(named: str) -> None:
    root = named.rstrip("/")
    found = google_endpoints({"FACTURIER_GOOGLE": named})
    assert found.stand_in == root
    assert found.auth == f"{root}/o/oauth2/v2/auth"
    assert found.token == f"{root}/token"
    assert found.device == f"{root}/device/code"
    assert found.revoke == f"{root}/revoke"
    assert found.gmail == f"{root}/"


@pytest.mark.parametrize(
    "named",
    [
        "http://google.example:80",
        "https://127.0.0.1:8025",
        "http://127.0.0.1",
        "http://127.0.0.1.evil.example:80",
        "http://user:secret@127.0.0.1:8025",
        "http://127.0.0.1:8025/elsewhere",
        "http://127.0.0.1:99999",
        "http://10.0.0.1:8025",
        "127.0.0.1:8025",
        "rubbish",
    ],
)
def test_nothing_else_is_trusted_with_secrets(named: str) -> None:
    with pytest.raises(FacturierError, match="not to an address of this machine"):
        google_endpoints({"FACTURIER_GOOGLE": named})
