"""Drawing: numbers, choices and orders from a seed, the same on every machine for ever.

The stream is SHA-256 over a key and a counter. Nothing of the language's own generators, hashes or
orders takes part, so that any implementation in any language can draw the same exam.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import Final, TypeVar

__all__ = ["SEED_BYTES", "Draw"]

SEED_BYTES: Final = 32
"""Length of a seed."""

_WORD: Final = 8
_RANGE: Final = 1 << (8 * _WORD)
_SIGNS: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"

T = TypeVar("T")


class Draw:
    """A stream of draws; it moves on with every draw and never repeats.

    Block ``n`` is SHA-256(key ‖ n in eight bytes, big-endian), cut into four words of eight bytes;
    the key is SHA-256 of the seed and of every label, each label after its length in four bytes.
    """

    def __init__(self, seed: bytes, *labels: str) -> None:
        parts = [label.encode() for label in labels]
        counted = b"".join(len(part).to_bytes(4, "big") + part for part in parts)
        self._key = sha256(seed + counted).digest()
        self._block = 0
        self._words: list[int] = []

    def fork(self, *labels: str) -> Draw:
        """Give a stream of its own, which no draw from this one changes."""
        return Draw(self._key, *labels)

    def below(self, end: int) -> int:
        """Draw an integer of 0 … ``end`` - 1, each as likely; ``end`` is 1 … 2^64."""
        if not 0 < end <= _RANGE:
            raise ValueError(f"nothing is drawn below {end}")
        limit = _RANGE - _RANGE % end
        while (word := self._word()) >= limit:  # a word too many would favour the low ones
            pass
        return word % end

    def between(self, first: int, last: int) -> int:
        """Draw an integer of ``first`` … ``last``, both included."""
        return first + self.below(last - first + 1)

    def odd(self, first: int, last: int) -> int:
        """Draw an odd integer of ``first`` … ``last``."""
        return 2 * self.between(first // 2, (last - 1) // 2) + 1

    def choice(self, among: Sequence[T]) -> T:
        """Draw one of several."""
        return among[self.below(len(among))]

    def is_one_in(self, count: int) -> bool:
        """Draw whether something happens that happens once in ``count`` times."""
        return self.below(count) == 0

    def shuffled(self, items: Sequence[T]) -> list[T]:
        """Draw an order."""
        order = list(items)
        for place in range(len(order) - 1, 0, -1):
            other = self.below(place + 1)
            order[place], order[other] = order[other], order[place]
        return order

    def name(self, length: int = 8) -> str:
        """Draw a name of letters and digits that are not mistaken for one another."""
        return "".join(self.choice(_SIGNS) for _ in range(length))

    def _word(self) -> int:
        if not self._words:
            block = sha256(self._key + self._block.to_bytes(8, "big")).digest()
            self._block += 1
            self._words = [
                int.from_bytes(block[at : at + _WORD], "big") for at in range(0, len(block), _WORD)
            ]
        return self._words.pop(0)
