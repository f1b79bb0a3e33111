"""The folders of one person on this machine."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from facturier.models.text.paths import typed_path


# one machine: the identity, the memories and the backups of a person are folders here.
class Locations(NamedTuple):
    """`data` is private (identity, list of companies, demo company). `log` is the log file. `config` has the files that
    the person writes; None means the same folder as `data`."""

    data: Path
    log: Path
    config: Path | None = None

    @property
    def key_file(self) -> Path:
        return (self.config or self.data) / "keys.toml"

    @property
    def identity(self) -> Path:
        return self.data / "identity"

    @property
    def copies(self) -> Path:
        return self.data / "copies"

    @property
    def practice(self) -> Path:
        return self.data / "practice"


def locations(environment: Mapping[str, str]) -> Locations:
    """The operating system's usual folders; FACTURIER_HOME puts everything into one folder instead."""
    if home := environment.get("FACTURIER_HOME"):
        folder = typed_path(home).absolute()
        return Locations(folder, folder / "facturier.log")
    import platformdirs

    data = Path(platformdirs.user_data_dir("facturier", appauthor=False))
    log = Path(platformdirs.user_log_dir("facturier", appauthor=False)) / "facturier.log"
    return Locations(data, log, Path(platformdirs.user_config_dir("facturier", appauthor=False)))
