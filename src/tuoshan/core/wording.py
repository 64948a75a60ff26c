"""Words in both languages, Chinese first."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Wording:
    """`中文 / English` of one element."""

    zh: str
    en: str

    def in_language(self, language: str) -> str:
        return self.en if language.startswith("en") and self.en else self.zh


NO_WORDING = Wording("", "")
