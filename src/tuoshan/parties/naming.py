"""Names that people give things in two languages."""

from django.utils.translation import get_language


def in_language(chinese: str, english: str) -> str:
    """Return the name in the language in force; the Chinese one where there is no English."""
    return english if english and (get_language() or "").startswith("en") else chinese
