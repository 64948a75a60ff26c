"""A rule book's text changed in place: only what was changed is written anew."""

import pytest

from tuoshan.core.policy.editing import clause_editing, putting_back, table_editing
from tuoshan.core.policy.editing.clause_editing import ClauseText
from tuoshan.core.policy.reading import table_sheets, text_places
from tuoshan.core.policy.reading.grids import GridRow
from tuoshan.rulings import files

SHIPPED = sorted(path for path in files.PACKAGED.glob("*.yaml") if path.name != files.FACTS)
SMALL = """\
tables:
  t:
    title: 表 / Table
    hit: first
    when: [a, b]
    gives: {out: choice}
    rows:
      # the first
      - {id: one, a: "x, y", out: p, then: {right: repair, fee: 0}, clause: [C1, C2], because: 中文 / English}  # why
      - id: two   # in block style
        a: not x
        b: "> 5"
        out: q
        clause: C1
      # the rest
      - {id: rest, out: r}
    never:
      - {a: x, b: 3}
clauses:
  C1: {text: 一 / One}   # first
  C2: 二 / Two
# the end
examples:
  - id: 例一 / first
    today: 2026-01-01
  - {id: 例二 / second}
"""


def rows(text: str = SMALL) -> list[GridRow]:
    return list(table_editing.grid(text, {}, "t").rows)


def changed(new: list[GridRow], text: str = SMALL) -> str:
    return table_editing.with_rows(text, {}, "t", new)[0]


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_shipped_tables_come_back_as_they_were_and_can_be_written_anew(path: object) -> None:
    text = path.read_text(encoding="utf-8")  # type: ignore[attr-defined]
    sheets = {one.name: one.read_text(encoding="utf-8-sig") for one in path.parent.glob(f"{path.stem}.*.csv")}  # type: ignore[attr-defined]
    before = files.read_text(text, "x.yaml", sheets.get).pack
    assert before is not None
    for name in table_editing.table_names(text)[:8]:
        grid = table_editing.grid(text, sheets, name)
        assert table_editing.with_rows(text, sheets, name, grid.rows)[0] == text
        sheet = table_sheets.to_csv(grid.names, [row.cells for row in grid.rows], dict.fromkeys(grid.names, "标签"))
        read = table_sheets.from_csv(sheet, grid)
        assert not read.problems and table_editing.with_rows(text, sheets, name, read.rows)[0] == text
        anew, beside = table_editing.with_rows(text, sheets, name, [GridRow(row.cells) for row in grid.rows])
        after = files.read_text(anew, "x.yaml", beside.get)
        assert after.pack is not None and not after.findings
        for old, new in zip(before.tables[name].rows, after.pack.tables[name].rows, strict=True):
            assert (old.name, old.cells, old.clauses, old.because) == (new.name, new.cells, new.clauses, new.because)
            assert [(one.kind, one.what, str(one.amounts)) for one in old.findings] == [
                (one.kind, one.what, str(one.amounts)) for one in new.findings
            ]


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_shipped_clauses_come_back_as_they_were(path: object) -> None:
    text = path.read_text(encoding="utf-8")  # type: ignore[attr-defined]
    known = clause_editing.clauses(text)
    for name in list(known)[:6]:
        assert clause_editing.clauses(clause_editing.with_clause(text, name, known[name])) == known


def test_one_changed_cell_changes_one_row_alone() -> None:
    new = rows()
    new[0] = GridRow({**new[0].cells, "b": "<= 3"}, 0)
    said = changed(new)
    assert said.splitlines()[8] == (
        '      - {id: one, a: "x, y", b: "<= 3", out: p, then: {right: repair, fee: 0}, clause: [C1, C2],'
        " because: 中文 / English}  # why"
    )
    assert [line for line in said.splitlines() if line not in SMALL.splitlines()] == [said.splitlines()[8]]


def test_rows_are_moved_with_the_comments_above_them() -> None:
    one, two, rest = rows()
    lines = changed([two, rest, one]).splitlines()
    assert lines.index("      # the rest") + 1 == lines.index("      - {id: rest, out: r}")
    assert lines.index("      # the first") > lines.index("      # the rest")
    assert table_editing.grid("\n".join(lines), {}, "t").rows[0].cells["b"] == "> 5" and "# in block style" in lines[7]


def test_a_row_in_block_style_that_is_changed_stands_on_one_line() -> None:
    one, two, rest = rows()
    said = changed([one, GridRow({**two.cells, "because_zh": "因为", "because_en": "As"}, 1), rest])
    assert '      - {id: two, a: not x, b: "> 5", out: q, clause: C1, because: 因为 / As}' in said
    assert "    never:\n      - {a: x, b: 3}\n" in said


def test_rows_can_be_removed_all_and_put_back() -> None:
    none = changed([])
    assert table_editing.grid(none, {}, "t").rows == ()
    again = changed([GridRow({"id": "new", "a": "x"})], none)
    assert [dict(row.cells) for row in table_editing.grid(again, {}, "t").rows] == [{"id": "new", "a": "x"}]
    assert "clauses:\n  C1:" in again


@pytest.mark.parametrize(
    "typed",
    ["a: b", "x, y}", "# no", "'", '"', "[", "- x", "? what", "yes", "null", "> 5", "=1+1", "全角：冒号", "a\u2028b",
     "!x", "&a", "*a", "%", "@", "`", "x #y", "{", "|", "1_000", "~"],
)  # fmt: skip
def test_whatever_is_typed_comes_back_and_breaks_nothing(typed: str) -> None:
    for name in ("a", "id", "then", "clause", "because_zh"):
        new = rows()
        new[2] = GridRow({**new[2].cells, name: typed}, 2)
        said = changed(new)
        read = table_editing.grid(said, {}, "t").rows
        assert len(read) == 3 and " ".join(read[2].cells[name].split()) == " ".join(typed.split()).strip(
            "[" if name == "clause" else ""
        ), (name, typed)
        assert clause_editing.clauses(said) == clause_editing.clauses(SMALL)


def test_conclusions_may_not_break_out_of_their_row() -> None:
    new = rows()
    new[2] = GridRow({**new[2].cells, "then": "{note: a / b}, out: evil"}, 2)
    assert table_editing.grid(changed(new), {}, "t").rows[2].cells["out"] == "r"


def test_a_clause_is_changed_added_and_removed_in_place() -> None:
    said = clause_editing.with_clause(SMALL, "C1", ClauseText("一", "One", "sold_on", "2024-07-01", "", "疑", "Doubt"))
    assert (
        "  C1: {text: 一 / One, in_force: {by: sold_on, from: 2024-07-01}, provisional: 疑 / Doubt}   # first" in said
    )
    said = clause_editing.with_clause(said, "C2", ClauseText(
        "二", "Two", article_zh="消法第24条", article_en="Consumer Law 24", verify_number=True))  # fmt: skip
    assert "  C2: {article: 消法第24条 / Consumer Law 24, text: 二 / Two, verify_number: true}" in said
    known = clause_editing.clauses(said)["C2"]
    assert (known.article_zh, known.article_en, known.verify_number) == ("消法第24条", "Consumer Law 24", True)
    said = clause_editing.with_clause(said, "C2", ClauseText("二", "Two"))
    said = clause_editing.with_clause(said, "C3", ClauseText("三", "Three"))
    assert "  C2: {text: 二 / Two}\n  C3: {text: 三 / Three}\n# the end\n" in said
    assert list(clause_editing.clauses(clause_editing.without_clause(said, "C2"))) == ["C1", "C3"]
    with pytest.raises(text_places.NotEditable):
        clause_editing.without_clause(said, "C9")


def test_wording_that_would_be_read_otherwise_is_written_in_halves() -> None:
    for zh, en in (("a / b", "c"), ("", "only"), ("latin", ""), ("中", ""), ("中", "e")):
        said = clause_editing.with_clause(SMALL, "C2", ClauseText(zh, en))
        assert (clause_editing.clauses(said)["C2"].zh, clause_editing.clauses(said)["C2"].en) == (zh, en)


def test_an_example_is_taken_out() -> None:
    said = clause_editing.without_example(SMALL, "例一 / first")
    assert "2026-01-01" not in said and "例二" in said
    assert clause_editing.without_example(said, "例二 / second").rstrip().endswith("[]")


def test_what_was_taken_out_comes_back_with_its_comment_where_it_stood() -> None:
    text = SMALL.replace("  C2: 二", "  # of the second\n  C2: 二")
    text = text.replace("  - {id: 例二", "  # another\n  - {id: 例二")
    for name in ("C1", "C2"):
        gone = clause_editing.without_clause(text, name)
        assert name + ":" not in gone and putting_back.with_clause_back(gone, text, name) == text
    assert "# of the second" not in clause_editing.without_clause(text, "C2")
    for name in ("例一 / first", "例二 / second"):
        gone = clause_editing.without_example(text, name)
        assert putting_back.with_example_back(gone, text, name) == text
    none = clause_editing.without_example(clause_editing.without_example(text, "例一 / first"), "例二 / second")
    assert "examples: []" in none
    one = putting_back.with_example_back(none, text, "例二 / second")
    assert list(clause_editing.examples(one)) == ["例二 / second"] and "# another" in one
    added = clause_editing.with_clause(clause_editing.without_clause(text, "C1"), "C3", ClauseText("三", "Three"))
    assert list(clause_editing.clauses(putting_back.with_clause_back(added, text, "C1"))) == ["C1", "C2", "C3"]
    for wrong in ("C1", "C9"):
        with pytest.raises(text_places.NotEditable):
            putting_back.with_clause_back(text, text, wrong)


def test_a_row_comes_back_behind_its_neighbour_above_wherever_that_stands_now() -> None:
    was = table_editing.grid(SMALL, {}, "t")
    one, two, rest = was.rows
    for left, place, at in (([one, rest], 1, 1), ([rest, one], 1, 2), ([rest], 1, 0), ([], 1, 0), ([two, one], 2, 1)):
        text, _files = table_editing.with_rows(SMALL, {}, "t", left)
        rows, found = putting_back.with_row_back(table_editing.grid(text, {}, "t").rows, was, place)
        assert found == at, (left, place)
        after, _files = table_editing.with_rows(text, {}, "t", rows)
        assert [row.cells for row in table_editing.grid(after, {}, "t").rows] == [row.cells for row in rows]
        assert was.rows[place].written in after, "with its comments"


def test_a_text_with_troubles_is_not_changed_in_place() -> None:
    for text in ("a: [", "a: &x 1", "a: 1\na: 2", "tables: 3"):
        with pytest.raises(text_places.NotEditable):
            table_editing.grid(text, {}, "t")


def test_a_sheet_is_taken_as_spreadsheets_save_it() -> None:
    grid = table_editing.grid(SMALL, {}, "t")
    sheet = "行名 id;a;b;out;then;clause;because_zh;because_en;\r\none;'=x;2024/7/1;TRUE;;C1;;;\r\n;;;;;;;;\r\n"
    read = table_sheets.from_csv(sheet, grid)
    assert not read.problems
    assert read.rows[0].cells == {
        "id": "one", "a": "=x", "b": "2024-07-01", "out": "yes", "then": "", "clause": "C1", "because_zh": "",
        "because_en": "",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("sheet", "said"),
    [
        ("", (1, "", "empty")),
        ("id,a,b,out,then,clause,because_zh", (1, "because_en", "missing")),
        ("id,a,a,b,out,then,clause,because_zh,because_en", (1, "a", "twice")),
        ("id,a,b,colour,out,then,clause,because_zh,because_en", (1, "colour", "unknown")),
        ("id,a,b,out,then,clause,because_zh,because_en\nx,,,,,,,\nx,,,,,,,", (3, "id", "same_id")),
        ("id,a,b,out,then,clause,because_zh,because_en\n,x,,,,,,", (2, "id", "no_id")),
        ("id,a,b,out,then,clause,because_zh,because_en\nx,,,,,,,,9", (2, "", "too_many")),
    ],
)
def test_a_sheet_with_a_mistake_is_refused_by_row_and_column(sheet: str, said: tuple[int, str, str]) -> None:
    problems = table_sheets.from_csv(sheet, table_editing.grid(SMALL, {}, "t")).problems
    assert said in [(one.line, one.heading, one.code) for one in problems]


def test_rows_in_a_file_are_changed_in_the_file() -> None:
    text = SMALL.partition("    rows:")[0] + "    rows: t.csv\n"
    held = {"t.csv": "id,a,b,out,then,clause,because_zh,because_en\none,x,,p,{right: repair},C1,,\n"}
    grid = table_editing.grid(text, held, "t")
    assert grid.file == "t.csv" and grid.rows[0].cells["then"] == "{right: repair}"
    same, after = table_editing.with_rows(text, held, "t", [*grid.rows, GridRow({"id": "two", "out": "q"})])
    assert same == text and after["t.csv"] == held["t.csv"] + "two,,,q,,,,\n"
