import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

_MEMORY = Path("/dev/shm")


@pytest.fixture
def tmp_path() -> Iterator[Path]:
    """A folder in memory where there is room for it: the same files and locks, and no waiting for a disk to confirm."""
    roomy = _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > 1 << 30
    with tempfile.TemporaryDirectory(prefix="facturier-", dir=_MEMORY if roomy else None) as folder:
        yield Path(folder)
