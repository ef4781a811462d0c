"""The questions that the report answers, each by variants measured on the same pictures."""

from core.report.measuring import OCCLUSIONS
from core.report.variants import Variant

PLAIN_AND_OCCLUDED = (0.0, 0.3)
COUNTS = (1, 2, 3, 5, 10, 20, 40)
"""Numbers of priors that are tried."""
SHARES = (0.05, 0.1, 0.25, 0.5, 0.75)
"""Shares of the memory that are tried, beside all of it."""

Plan = dict[str, tuple[Variant, tuple[float, ...]]]


def plan() -> Plan:
    """Every variant of the report, with the occlusions at which it is measured."""
    questions: Plan = {
        "memory on": (Variant(), OCCLUSIONS),
        "memory off": (Variant(memory=False), OCCLUSIONS),
        "top prior alone": (Variant(answer="top prior"), OCCLUSIONS),
        "mean of priors alone": (Variant(answer="mean of priors"), OCCLUSIONS),
        "LSTM only": (Variant(blend=False), PLAIN_AND_OCCLUDED),
        "blend only": (Variant(lstm=False), PLAIN_AND_OCCLUDED),
        "best slot alone": (Variant(answer="best slot"), (0.0,)),
        "given the best slots": (Variant(ideal=True), PLAIN_AND_OCCLUDED),
        "least similar first": (Variant(reverse=True), PLAIN_AND_OCCLUDED),
    }
    questions |= {f"{count} priors": (Variant(priors=count), PLAIN_AND_OCCLUDED) for count in COUNTS}
    questions |= {f"{share:.0%} of the slots": (Variant(share=share), PLAIN_AND_OCCLUDED) for share in SHARES}
    return questions


def on_and_off() -> Plan:
    """What a differently trained network is measured with."""
    return {"memory on": (Variant(), PLAIN_AND_OCCLUDED), "memory off": (Variant(memory=False), PLAIN_AND_OCCLUDED)}
