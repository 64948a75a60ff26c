"""The catalogues as `make translations` writes them."""

import re
from pathlib import Path

from tools import translations

HEAD = """# Tuoshan: English
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"

"""
BEFORE = """#: b.py
msgid "丙"
msgstr "third"

# said by hand
#: a.py
msgid "甲"
msgstr "first"

#: gone.py
msgid "旧"
msgstr "old"

#: a.py
msgctxt "many"
msgid "丁"
msgid_plural "%(n)s 丁"
msgstr[0] "one"
msgstr[1] "%(n)s"
"""
NEEDED: dict[translations.Key, tuple[str | tuple[str, ...], str]] = {
    (None, "最先"): ("最先", "a.py:1"), (None, "甲"): ("甲", "a.py:2"),
    ("many", "丁"): (("丁", "%(n)s 丁"), "a.py:9"), (None, "乙"): ("乙", "a.py:10"), (None, "丙"): ("丙", "b.py:1"),
    (None, "最后"): ("最后", "c.py:1"), (None, "没有打印"): ("没有打印", "c.py:2"),
}  # fmt: skip


def test_an_update_moves_nothing_and_puts_what_is_new_behind_what_stands_before_it(tmp_path: Path) -> None:
    place = tmp_path / translations.CATALOGUE
    place.parent.mkdir(parents=True)
    place.write_text(HEAD + BEFORE, encoding="utf-8")
    assert translations.update(tmp_path, NEEDED) == 3
    after = place.read_text(encoding="utf-8")
    assert re.findall(r'^msgid "(.+)"', after, re.M) == ["最先", "丙", "最后", "甲", "丁", "乙"]
    assert "# said by hand\n#: a.py\nmsgid \"甲\"\nmsgstr \"first\"" in after and "旧" not in after
    kept = [line for line in BEFORE.splitlines() if line and "旧" not in line and line not in after]
    assert kept == ["#: gone.py", 'msgstr "old"']
    assert "没有打印" not in after, "all catalogues become one, and the house's own says it already"
    assert translations.update(tmp_path, NEEDED) == 0 and place.read_text(encoding="utf-8") == after
