"""What a user changes about the retrieved shapes before the network reads them: muted, pinned, reordered, limited."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from core.errors import ConfigError


class Arranged(NamedTuple):
    """Retrieved slots after the edits."""

    listed: tuple[int, ...]
    """Every retrieved or pinned slot once, in the order in which they would be read."""
    read: tuple[int, ...]
    """Those of them that are read, in the order in which they are."""


@dataclass(frozen=True)
class PriorEdits:
    """Changes to what the memory gave; the default changes nothing."""

    muted: frozenset[int] = frozenset()
    """Slots that are not read."""
    pinned: frozenset[int] = frozenset()
    """Slots that are read however similar they are, before all others; never muted at the same time."""
    order: tuple[int, ...] = ()
    """Slots that come first, in this order; the others follow by similarity."""
    least_first: bool = False
    """Of the slots that are read, the least similar first; without ``order`` only."""
    limit: int | None = None
    """At most this many are read, pinned ones in any case; None: ``max_priors`` of the model."""

    def __post_init__(self) -> None:
        """Refuse what contradicts itself."""
        if self.muted & self.pinned:
            raise ConfigError(f"slot {min(self.muted & self.pinned)} cannot be muted and pinned at the same time")
        if self.limit is not None and self.limit < 0:
            raise ConfigError(f"the number of priors to read must be 0 or more, not {self.limit}")

    def mute(self, slots: Iterable[int], on: bool = True) -> "PriorEdits":
        """The same with ``slots`` muted (and no longer pinned), or heard again."""
        chosen = frozenset(slots)
        if on:
            return replace(self, muted=self.muted | chosen, pinned=self.pinned - chosen)
        return replace(self, muted=self.muted - chosen)

    def pin(self, slots: Iterable[int], on: bool = True) -> "PriorEdits":
        """The same with ``slots`` pinned (and no longer muted), or free again."""
        chosen = frozenset(slots)
        if on:
            return replace(self, pinned=self.pinned | chosen, muted=self.muted - chosen)
        return replace(self, pinned=self.pinned - chosen)

    def arrange(self, retrieved: Sequence[int], pinned_below: Sequence[int], max_priors: int) -> Arranged:
        """Which slots are read, and in which order.

        Args:
            retrieved: slots above beta, most similar first.
            pinned_below: pinned slots that are not among them, most similar first.
            max_priors: how many are read where ``limit`` does not say.
        """
        ranked = [*retrieved, *pinned_below]
        known = set(ranked)
        first = [slot for slot in dict.fromkeys(self.order) if slot in known]
        ranked = [*first, *(slot for slot in ranked if slot not in set(first))]
        limit = max_priors if self.limit is None else self.limit
        places = max(0, limit - sum(slot in self.pinned for slot in ranked))
        others = [slot for slot in ranked if slot not in self.pinned and slot not in self.muted][:places]
        taken = self.pinned | set(others)
        read = [slot for slot in ranked if slot in taken]
        if self.least_first and not first:
            read.reverse()
            ranked = [*read, *(slot for slot in ranked if slot not in taken)]
        return Arranged(tuple(ranked), tuple(read))


NO_EDITS = PriorEdits()
"""Nothing is changed."""
