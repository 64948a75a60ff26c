"""docs/rule-books.md and its Chinese sister are what the packs say."""

from pathlib import Path

import pytest

from tuoshan.rulings import documenting, files


@pytest.mark.parametrize(("name", "language", "option"), [
    ("rule-books.md", "en", "--en"), ("rule-books.zh-CN.md", "zh-hans", "--zh"),
])  # fmt: skip
def test_the_page_of_rule_books_is_made_from_the_packs(name: str, language: str, option: str) -> None:
    page = Path(__file__).parents[3] / "docs" / name
    made = documenting.document(files.packaged(), language)
    assert page.read_text(encoding="utf-8") == made, f"tuoshan policy document {option} > docs/{name}"


def test_every_shipped_book_is_in_order() -> None:
    found = files.check_folder()
    wrong = [one.in_language("en") for findings in found.findings.values() for one in findings]
    assert not wrong and {pack.name for pack in found.packs} == {pack.name for pack in files.packaged()}
