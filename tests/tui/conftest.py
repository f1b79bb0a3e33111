"""What the tests of the screens share."""

from pathlib import Path

import pytest

from tests.tui.sample import Shop


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)
