"""Which shapes the memory holds, and which of them were overwritten since one looked last."""

from collections import Counter
from collections.abc import Mapping

from core.network.shape_memory import ShapeMemory, ShapeSource
from core.training.events import MemoryReported

LISTED = 200
"""At most this many overwritten slots are listed in one report."""


class MemoryWatch:
    """Reports on a memory, each time in comparison with the last report.

    Args:
        memory: written by the trainer.
        before: what slots held at the last report, where that is not what they hold now.
    """

    def __init__(self, memory: ShapeMemory, before: Mapping[int, ShapeSource | None] | None = None) -> None:
        self._memory = memory
        self._reported: list[ShapeSource | None] = list(memory.sources)
        for slot, source in (before or {}).items():
            self._reported[slot] = source

    @property
    def changed(self) -> dict[int, ShapeSource | None]:
        """What slots held at the last report, where they hold another shape now."""
        pairs = enumerate(zip(self._reported, self._memory.sources, strict=True))
        return {slot: old for slot, (old, new) in pairs if old != new}

    def report(self, step: int, *, at_stop: bool = False) -> MemoryReported:
        """What the memory holds after ``step`` steps, and what was overwritten since the last report.

        ``at_stop``: the report is an extra one, which the next one does not start from.
        """
        sources = self._memory.sources
        lost = {slot: old for slot, old in self.changed.items() if old is not None}
        if not at_stop:
            self._reported = list(sources)
        held = [source for source in sources if source is not None]
        return MemoryReported(
            step=step,
            slots=len(sources),
            occupied=len(held),
            categories=dict(Counter(source.category for source in held).most_common()),
            overwritten=[(slot, _name(old), _name(sources[slot])) for slot, old in list(lost.items())[:LISTED]],
            overwritten_total=len(lost),
            at_stop=at_stop,
        )


def _name(source: ShapeSource | None) -> str:
    return "unknown" if source is None else f"{source.category} {source.object_id}"
