"""Every screen matches its stored picture, in both languages and sizes, and some of them in every theme."""

import importlib
import pkgutil
from collections.abc import Callable
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.screen import Screen

from facturier.models.text.i18n import LANGUAGES
from facturier.tui import screens
from tests.tui.snapshots.conftest import Company
from tests.tui.snapshots.picture import Look, PicturedApp, Taken, stop_blinking
from tests.tui.snapshots.scenes import SCENES, Scene
from tests.tui.snapshots.stage import Stage
from tests.tui.snapshots.still import Shown, Threads, language

Compare = Callable[..., bool]
Size = tuple[int, int]
SIZES = ((80, 24), (120, 36))
LOOKED_AT = [scene for scene in SCENES if scene.name in ("list", "editor", "preview", "invoice")]


class Camera:
    """Takes the pictures of a scene and compares them with the stored ones."""

    def __init__(
        self, company: Company, shown: Shown, threads: Threads, patch: pytest.MonkeyPatch, compare: Compare
    ) -> None:
        self._company, self._shown, self._threads, self._patch = company, shown, threads, patch
        self._compare = compare

    def matches(self, scene: Scene, spoken: str, size: Size, look: Look = Look.PLAIN) -> bool:
        if (scene, spoken) not in _album:
            _album[scene, spoken] = self._take(scene, spoken)
        return self._compare(Taken(_album[scene, spoken][size, look]))

    def _take(self, scene: Scene, spoken: str) -> dict[tuple[Size, Look], str]:
        """Return the scene in every look and size. The same window is changed, because opening it takes longest."""
        shop = self._company(scene.company)
        pictures: dict[tuple[Size, Look], str] = {}
        looks = [*Look] if spoken == "en" and scene in LOOKED_AT else [Look.PLAIN]

        async def go(pilot: Pilot[Any]) -> None:
            stage = Stage(pilot, shop, self._threads, self._patch)
            await stage.calm()
            await scene.go(stage)
            assert type(app.screen).__name__ == scene.screen, stage.text
            await stop_blinking(pilot)
            for look in reversed(looks):
                if len(looks) > 1:
                    app.show(look)
                    await stage.calm()
                pictures[SIZES[0], look] = app.export_screenshot(simplify=True)
            await stage.resize(*SIZES[1])
            pictures[SIZES[1], Look.PLAIN] = app.export_screenshot(simplify=True)
            app.exit()

        with language(spoken):
            app = PicturedApp(shop.ws, self._shown)
            app.run(headless=True, size=SIZES[0], auto_pilot=go)
        return pictures


_album: dict[tuple[Scene, str], dict[tuple[Size, Look], str]] = {}


@pytest.fixture
def camera(
    company: Company, shown: Shown, threads: Threads, monkeypatch: pytest.MonkeyPatch, snap_compare: Compare
) -> Camera:
    return Camera(company, shown, threads, monkeypatch, snap_compare)


# While the window grows, the preview behind this dialog may draw its page again.
UNSTEADY = {("send-at", SIZES[1])}
# Both sizes run in the same process, so that the scene is opened only once.
PICTURES = [
    pytest.param(scene, spoken, size, id=f"{name}-{size[0]}x{size[1]}", marks=pytest.mark.xdist_group(name))
    for scene in SCENES
    for spoken in LANGUAGES
    for name in [f"{scene.name}-{spoken}"]
    for size in SIZES
    if (scene.name, size) not in UNSTEADY
]


@pytest.mark.parametrize(("scene", "spoken", "size"), PICTURES)
def test_screen(scene: Scene, spoken: str, size: Size, camera: Camera) -> None:
    assert camera.matches(scene, spoken, size)


LOOKS = [
    pytest.param(scene, look, id=f"{scene.name}-{look.value}", marks=pytest.mark.xdist_group(f"{scene.name}-en"))
    for scene in LOOKED_AT
    for look in Look
    if look is not Look.PLAIN
]


@pytest.mark.parametrize(("scene", "look"), LOOKS)
def test_screen_in_another_look(scene: Scene, look: Look, camera: Camera) -> None:
    assert camera.matches(scene, "en", SIZES[0], look)


# These are shown only while the last delivery is being sent before switching companies, while the window is too small,
# or while the sample books are created.
NOT_PICTURED = {"MovingScreen", "TooSmallScreen", "DemoScreen"}


def test_every_screen_is_pictured() -> None:
    found = {
        found
        for module in pkgutil.walk_packages(screens.__path__, f"{screens.__name__}.")
        for found in vars(importlib.import_module(module.name)).values()
        if isinstance(found, type) and issubclass(found, Screen) and found.__module__ == module.name
    }
    bases = {base for screen in found for base in screen.__bases__}
    pictured = {scene.screen for scene in SCENES}
    assert {screen.__name__ for screen in found - bases} - NOT_PICTURED <= pictured
    assert pictured <= {screen.__name__ for screen in found}
