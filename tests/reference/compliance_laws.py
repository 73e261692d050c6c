"""What the laws of compliance have in common: cases to try, and answers that are no refusals."""

from __future__ import annotations

import random
from typing import Any

from hypothesis import assume, settings
from hypothesis import strategies as st

from .inputs import Json, outcome
from .second.draws import a_carry_over, a_cycle, a_surrender, compliance_readings
from .strategies import LAW

OFTEN = settings(LAW, max_examples=150)
SEEDS = st.integers(0, 2**40)
SURRENDERS = SEEDS.map(lambda seed: a_surrender(random.Random(seed)))
CARRY_OVERS = SEEDS.map(lambda seed: a_carry_over(random.Random(seed)))
CYCLES = SEEDS.map(lambda seed: a_cycle(random.Random(seed)))
READINGS = SEEDS.map(lambda seed: compliance_readings(random.Random(seed)))


def answered(operation: str, value: Any, readings: dict[str, str] | None = None) -> Json:
    """The output; an input that is refused is not looked at."""
    found = outcome(operation, value, readings)
    assume("output" in found)
    result: Json = found["output"]
    return result
