from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.models.making import files_stay_open

_ABOUT_FILES = Path(__file__).parent / "store"  # how they are opened, copied and damaged


@pytest.fixture(autouse=True)
def open_files(request: pytest.FixtureRequest) -> Iterator[None]:
    if _ABOUT_FILES in request.path.parents:
        yield
        return
    with files_stay_open():
        yield
