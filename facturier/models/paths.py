"""Paths as people type them, and looks at what is there that never raise."""

from pathlib import Path


def typed_path(text: str) -> Path:
    """`~` is this person's home and `~name` another's; a name that nobody has stands for itself, as in a shell."""
    try:
        return Path(text).expanduser()
    except RuntimeError:
        return Path(text)


def is_file(path: Path) -> bool:
    """False as well where this person may not look, or no file can have such a name: `Path.is_file` raises there."""
    try:
        return path.is_file()
    except OSError:
        return False


def is_folder(path: Path) -> bool:
    """As `is_file`."""
    try:
        return path.is_dir()
    except OSError:
        return False
