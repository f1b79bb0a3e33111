import pytest

from facturier.mail import redaction


@pytest.fixture(autouse=True)
def no_secrets_of_other_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    """What one test calls a secret may be an ordinary word of another."""
    monkeypatch.setattr(redaction, "_in_use", redaction.Redactor())
