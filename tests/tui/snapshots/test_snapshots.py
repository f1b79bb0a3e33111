"""Every scene matches its stored picture, in both languages and sizes, and each screen in every look."""

import importlib
import pkgutil
from collections.abc import Callable
from itertools import cycle
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion
from textual.pilot import Pilot
from textual.screen import Screen

from facturier.models.text.i18n import LANGUAGES
from facturier.tui import screens
from tests.tui.snapshots.conftest import Company
from tests.tui.snapshots.looks import Looks, LooksExtension
from tests.tui.snapshots.picture import Look, PicturedApp, Taken, stop_blinking
from tests.tui.snapshots.scenes import SCENES, WALKS, Scene
from tests.tui.snapshots.stage import Stage
from tests.tui.snapshots.still import Shown, Threads, language

Compare = Callable[..., bool]
Size = tuple[int, int]
SIZES = ((80, 24), (120, 36))


def _looked_at() -> dict[Scene, str]:
    """Return the first scene of each screen, and the language in which its looks are compared: they take turns."""
    screens: dict[str, Scene] = {}
    for scene in SCENES:
        screens.setdefault(scene.screen, scene)
    languages = cycle(LANGUAGES)
    return {scene: next(languages) for scene in screens.values()}


LOOKED_AT = _looked_at()


class Camera:
    """Takes the pictures of a scene and compares them with the stored ones."""

    def __init__(
        self, company: Company, shown: Shown, threads: Threads, patch: pytest.MonkeyPatch, compare: Compare
    ) -> None:
        self._company, self._shown, self._threads, self._patch = company, shown, threads, patch
        self._compare = compare

    def matches(self, scene: Scene, spoken: str, size: Size) -> bool:
        return self._compare(Taken(self._taken(scene, spoken)[size]))

    def looks(self, scene: Scene, spoken: str) -> str:
        return self._taken(scene, spoken)["looks"]

    def _taken(self, scene: Scene, spoken: str) -> dict[Size | str, str]:
        if (scene, spoken) not in _album:
            self._take(WALKS[scene], spoken)
        return _album[scene, spoken]

    def _take(self, walk: tuple[Scene, ...], spoken: str) -> None:
        """Take the scenes of a walk in each size, and their looks, in one window: opening it takes longest."""
        shop = self._company(walk[0].company)

        async def go(pilot: Pilot[Any]) -> None:
            stage = Stage(pilot, shop, self._threads, self._patch)
            await stage.calm()
            for scene in walk:
                await stage.resize(*SIZES[0])
                await scene.go(stage)
                assert type(app.screen).__name__ == scene.screen, stage.text
                await stop_blinking(pilot)
                _album[scene, spoken] = await self._pictures(scene, spoken, stage, app)
            app.exit()

        with language(spoken):
            app = PicturedApp(shop.ws, self._shown)
            app.run(headless=True, size=SIZES[0], auto_pilot=go)

    async def _pictures(self, scene: Scene, spoken: str, stage: Stage, app: PicturedApp) -> dict[Size | str, str]:
        pictures: dict[Size | str, str] = {}
        if LOOKED_AT.get(scene) == spoken:
            looks = Looks(self._shown)
            for look in reversed(Look):  # the plain look is last, and the other pictures have it
                app.show(look)
                await stage.calm()
                looks.add(look, app)
            pictures["looks"] = str(looks)
        pictures[SIZES[0]] = app.export_screenshot(simplify=True)
        await stage.resize(*SIZES[1])
        pictures[SIZES[1]] = app.export_screenshot(simplify=True)
        return pictures


_album: dict[tuple[Scene, str], dict[Size | str, str]] = {}


@pytest.fixture
def camera(
    company: Company, shown: Shown, threads: Threads, monkeypatch: pytest.MonkeyPatch, snap_compare: Compare
) -> Camera:
    return Camera(company, shown, threads, monkeypatch, snap_compare)


def _in_one_process(scene: Scene, spoken: str) -> pytest.MarkDecorator:
    """Run all scenes of a walk in the same process, so that it is walked only once."""
    return pytest.mark.xdist_group(f"{WALKS[scene][0].name}-{spoken}")


# While the window grows, the preview behind this dialog may draw its page again.
UNSTEADY = {("send-at", SIZES[1])}
PICTURES = [
    pytest.param(
        scene, spoken, size, id=f"{scene.name}-{spoken}-{size[0]}x{size[1]}", marks=_in_one_process(scene, spoken)
    )
    for scene in SCENES
    for spoken in LANGUAGES
    for size in SIZES
    if (scene.name, size) not in UNSTEADY
]


@pytest.mark.parametrize(("scene", "spoken", "size"), PICTURES)
def test_screen(scene: Scene, spoken: str, size: Size, camera: Camera) -> None:
    assert camera.matches(scene, spoken, size)


LOOKS = [
    pytest.param(scene, spoken, id=f"{scene.name}-{spoken}", marks=_in_one_process(scene, spoken))
    for scene, spoken in LOOKED_AT.items()
]


@pytest.mark.parametrize(("scene", "spoken"), LOOKS)
def test_every_look(scene: Scene, spoken: str, camera: Camera, snapshot: SnapshotAssertion) -> None:
    assert camera.looks(scene, spoken) == snapshot(extension_class=LooksExtension)


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
