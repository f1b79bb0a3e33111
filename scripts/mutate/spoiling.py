"""Put a change into the program: into the live function, or into a module that is loaded anew."""

import ast
import gc
import importlib.machinery
import importlib.util
from pathlib import Path
from types import CodeType, FunctionType, ModuleType

from changes import Change


def swap(change: Change, module: CodeType) -> None:
    """Give the live function its changed code."""
    new = _code(module, change.scope)
    live = [
        one
        for one in gc.get_objects()
        if isinstance(one, FunctionType)
        and one.__code__.co_qualname == change.scope
        and one.__code__.co_filename == module.co_filename
    ]
    if new is None or not live:
        raise RuntimeError(f"{change.key}: where is that function?")
    for function in live:
        function.__code__ = new


def _code(code: CodeType, scope: str) -> CodeType | None:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            if constant.co_qualname == scope:
                return constant
            if scope.startswith(constant.co_qualname + ".") and (found := _code(constant, scope)):
                return found
    return None


class Changed(importlib.machinery.SourceFileLoader):
    """Finds one module, and loads it with its change."""

    def __init__(self, path: str, tree: ast.Module) -> None:
        super().__init__(module_of(path), str(Path(path).resolve()))
        self._tree = tree

    def find_spec(
        self, name: str, _path: object = None, _target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if name != self.name:
            return None
        return importlib.util.spec_from_file_location(name, self.path, loader=self)

    def get_code(self, fullname: str) -> CodeType:  # noqa: ARG002
        return compile(self._tree, self.path, "exec")


def module_of(path: str) -> str:
    return path.removesuffix(".py").replace("/", ".")
