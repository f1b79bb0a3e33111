"""The build's one step of its own: the catalogues are compiled, and go into the wheel."""

from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ModuleNotFoundError:  # the program is run from its tree, where nothing is built
    BuildHookInterface = object  # type: ignore[misc, assignment]


def compile_catalogues(root: Path) -> list[Path]:
    """Compile every .po under `root`; the .mo files that were written."""
    compiled = []
    for source in sorted(root.glob("facturier/locale/*/LC_MESSAGES/*.po")):
        with source.open("rb") as file:
            catalogue = read_po(file, locale=source.parent.parent.name)
        target = source.with_suffix(".mo")
        with target.open("wb") as file:
            write_mo(file, catalogue)
        compiled.append(target)
    return compiled


class CatalogueHook(BuildHookInterface):  # type: ignore[type-arg]
    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        for target in compile_catalogues(Path(self.root)):
            build_data["artifacts"].append(str(target.relative_to(self.root)))
