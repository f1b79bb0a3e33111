"""What an error tells a person to do, on the command line and on a screen."""

from pathlib import Path

import pytest

from facturier.mail.errors import VaultChanged, WrongPassphrase
from facturier.models.errors import (
    BrokenCompany,
    CompanyCopy,
    DamagedRow,
    FacturierError,
    FileExists,
    ForeignSchema,
    NotACompany,
)
from facturier.tui.errors.next_steps import full_text, next_step


@pytest.mark.parametrize(
    ("error", "command", "screen"),
    [
        (ForeignSchema("x"), "facturier doctor --repair", "facturier doctor --repair"),
        (CompanyCopy("x"), "facturier adopt", "facturier adopt"),
        (DamagedRow("x"), "facturier restore COPY", "facturier restore COPY"),
        (NotACompany("x"), "facturier new PATH", ""),
        (FileExists("x"), "--force", ""),
        (VaultChanged("x"), "facturier people --accept-vault", "Settings, Users"),
        (WrongPassphrase("x"), "", "Settings, Users"),
        (FacturierError("x"), "", ""),
    ],
)
def test_it_names_the_command_or_the_screen(error: FacturierError, command: str, screen: str) -> None:
    for expected, on_command_line in ((command, True), (screen, False)):
        found = next_step(error, command_line=on_command_line)
        assert (expected in found) if expected else (found == "")


def test_a_backup_is_named_with_the_command_that_restores_it() -> None:
    error = BrokenCompany("The file is damaged.", todo="There is a good backup.")
    error.backup = Path("/kept/a b.facturier"), Path("/books/acme.facturier")
    assert full_text(error, command_line=True) == (
        "The file is damaged. There is a good backup. "
        "To restore it: facturier restore '/kept/a b.facturier' --company /books/acme.facturier"
    )
