"""docs/rule-books.md is what the packs say."""

from pathlib import Path

from tuoshan.rulings import documenting, files


def test_the_page_of_rule_books_is_made_from_the_packs() -> None:
    page = Path(__file__).parents[3] / "docs" / "rule-books.md"
    assert page.read_text(encoding="utf-8") == documenting.document(files.packaged()), "tuoshan policy document"


def test_every_shipped_book_is_in_order() -> None:
    found = files.check_folder()
    wrong = [one.in_language("en") for findings in found.findings.values() for one in findings]
    assert not wrong and {pack.name for pack in found.packs} == {pack.name for pack in files.packaged()}
