"""What is drawn when a part of the screen changes."""

from collections.abc import Iterable

from textual._compositor import ChopsUpdate, Compositor, ReflowResult
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widget import Widget


class ExactCompositor(Compositor):
    """Draws the widgets where something has changed. Textual draws all those that are in one rectangle around all
    changes: for a key in the first field of a form that also changes the last one, all fields."""

    _changed: tuple[Region, ...] = ()  # while only these are drawn

    def reflow(self, parent: Widget, size: Size) -> ReflowResult:
        result = super().reflow(parent, size)
        self._full_map_invalidated = False  # this is the map, which Textual would make a second time
        return result

    def render_partial_update(self) -> ChopsUpdate | None:
        self._changed = tuple(self._dirty_regions)
        try:
            return super().render_partial_update()
        finally:
            self._changed = ()

    def _get_renders(self, crop: Region | None = None) -> Iterable[tuple[Region, Region, list[Strip]]]:
        return self._changed_renders() if self._changed else super()._get_renders(crop)

    def _changed_renders(self) -> Iterable[tuple[Region, Region, list[Strip]]]:
        bare = self._changed  # the regions that no widget so far covers completely
        for widget, (region, clip) in self.visible_widgets.items():  # from front to back
            seen = region.intersection(clip)
            if seen and any(seen.overlaps(changed) for changed in bare):
                yield region, clip, widget.render_lines(seen.translate(-region.offset))
                bare = tuple(changed for changed in bare if not seen.contains_region(changed))
