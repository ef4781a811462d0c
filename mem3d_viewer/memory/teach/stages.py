"""One write in four stages, in words: similarities, the rule, what changes, the read that follows."""

from core.memory.teaching import WriteStep

STAGES = ("1 Similarities", "2 Which rule", "3 What changes", "4 Read")
"""Names of the stages of a write."""


def heading(step: WriteStep, stage: int) -> str:
    """What a stage is about, in one line."""
    return (
        f"“{step.sample.name}” is compared with every key",
        "Is the shape known to the memory?",
        "What the write changes",
        "The read that follows, with the same feature",
    )[stage]


def explanation(step: WriteStep, stage: int, *, delta: float, beta: float, kind: str) -> str:
    """What happens at a stage of a write, and why.

    Args:
        step: the write.
        stage: place in ``STAGES``.
        delta: value similarity from which a shape counts as known.
        beta: key similarity that a read exceeds.
        kind: the value similarity, ``paper`` or ``iou``.
    """
    if step.slot is None:
        return "The feature is zero: it is similar to nothing, and is never written."
    return (_similarities, _rule, _change, _read)[stage](step, delta, beta, kind)


def _similarities(step: WriteStep, delta: float, beta: float, kind: str) -> str:
    whose = "its true shape" if step.sample.is_truth else "its reconstruction, as the true shape is not known"
    start = (
        f"The image encoder turns the picture into a feature F. Its shape V is {whose}. The key similarity "
        "S_k = F·K / (|F| |K|) to each slot is the cosine of the angle between them."
    )
    if step.nearest is None:
        return f"{start} The memory is empty: there is nothing to compare with yet."
    similar = step.before[step.nearest].similarity
    return f"{start} Nearest is slot {step.nearest}, n1, with S_k = {similar:.3f}."


def _rule(step: WriteStep, delta: float, beta: float, kind: str) -> str:
    if step.nearest is None:
        return "Rule 2, new shape: the first write to an empty memory is always new. It takes the first empty slot."
    measure = "their IoU" if kind == "iou" else "the share of equal voxels"
    compared = (
        f"The value similarity S_v of V to the shape in slot {step.nearest} is {step.value_similarity:.3f} "
        f"({measure}); delta is {delta:.2f}."
    )
    if not step.new:
        return (
            f"{compared} S_v ≥ delta, so rule 1 fires: the shape is known. Only the key of slot {step.nearest} learns "
            "what the shape looks like from here; the stored shape stays."
        )
    before = step.before[step.slot or 0]
    why = "an empty one is taken first" if before.voxels is None else f"the oldest, with age {before.age}"
    return (
        f"{compared} S_v < delta, so rule 2 fires: the shape is new, however similar the keys are. It takes slot "
        f"{step.slot}: {why}."
    )


def _change(step: WriteStep, delta: float, beta: float, kind: str) -> str:
    slot = step.slot or 0
    before, after = step.before[slot], step.after[slot]
    ages = "Its age is 0 now; every other shape is one write older."
    if not step.new:
        return (
            f"Slot {slot}: the key becomes (F + K) / |F + K| and turns by {step.turned:.1f}° towards F, half of the "
            f"angle between them; its similarity to F rises from {before.similarity:.3f} to {after.similarity:.3f}. "
            f"The value stays “{after.name}”. {ages}"
        )
    if before.voxels is None:
        return f"Slot {slot} was empty: its key is F, its value V. {ages}"
    return (
        f"Slot {slot} forgets “{before.name}”: its key turns by {step.turned:.1f}° and is F now, its value is V. {ages}"
    )


def _read(step: WriteStep, delta: float, beta: float, kind: str) -> str:
    if not step.read:
        return f"No slot is more similar than beta = {beta:.2f}: the LSTM would get nothing, and the prior is zero."
    names = ", ".join(f"slot {slot} ({similar:.3f})" for slot, similar in step.read)
    count = f"{len(step.read)} slot{'s are' if len(step.read) > 1 else ' is'}"
    return (
        f"{count} more similar than beta = {beta:.2f}: {names}. The LSTM reads these shapes, most similar first, and "
        "its last state is the shape prior that the decoder gets beside F."
    )
