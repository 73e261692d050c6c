"""What keeps an exam from being drawn, answered or verified."""

from __future__ import annotations

from cets_conformance.messages import Language, text

__all__ = ["ExamError"]


class ExamError(ValueError):
    """Something about an exam that does not hold; the text is ``exam.error.<code>``.

    ``differs`` says that what was given contradicts itself; otherwise it could not be checked.
    """

    def __init__(self, code: str, /, *, differs: bool = False, **values: str | int) -> None:
        self.code = code
        self.differs = differs
        self.values = values
        super().__init__(self.text("en"))

    def text(self, language: Language) -> str:
        """Say what does not hold and what to do."""
        return text(f"exam.error.{self.code}", language, **self.values)
