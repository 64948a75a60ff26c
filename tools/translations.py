"""Every Chinese sentence that a person can meet has its English one.

`python tools/translations.py` lists what is missing, empty, fuzzy or worded in two ways, and ends with 1 when there
is any; `--update` first writes missing sentences (still empty) into the catalogue of their app and
drops those no longer used; what stays keeps its place. Sources: Python by gettext calls, templates by Django's own
tags.
"""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import django
from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

SOURCE = Path(__file__).resolve().parent.parent / "src" / "tuoshan"
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None, "_lazy": None, "gettext": None, "gettext_lazy": None, "gettext_noop": None,
    "ngettext": (1, 2), "ngettext_lazy": (1, 2), "pgettext": ((1, "c"), 2), "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}  # fmt: skip
CATALOGUE = Path("locale/en/LC_MESSAGES/django.po")
Key = tuple[str | None, str]


def home_of(path: Path) -> Path:
    """The folder whose catalogue a file's sentences belong to: its app when that has one, else the package."""
    app = SOURCE / path.relative_to(SOURCE).parts[0]
    return app if app.name != "settings" and (app / "apps.py").is_file() else SOURCE


def sentences(path: Path) -> Iterator[tuple[int, str | tuple[str, ...], str | None]]:
    """(line, msgid or (singular, plural), context) of one file."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        text = templatize(text, origin=path.as_posix())
    found = extract("python", io.BytesIO(text.encode()), keywords=KEYWORDS, options={"encoding": "utf-8"})
    for line, message, _comments, context in found:
        if message:
            yield line, message, context


def wanted() -> dict[Path, dict[Key, tuple[str | tuple[str, ...], str]]]:
    """For each home: (context, msgid) → (msgid, first place it stands)."""
    homes: dict[Path, dict[Key, tuple[str | tuple[str, ...], str]]] = {}
    files = [*SOURCE.rglob("*.py"), *SOURCE.rglob("*.html"), *SOURCE.rglob("*.txt")]
    for path in sorted(files):
        inside = path.relative_to(SOURCE)
        if "static" in inside.parts or "migrations" in inside.parts:
            continue
        if path.suffix == ".txt" and "templates" not in inside.parts:
            continue
        for line, message, context in sentences(path):
            first = message if isinstance(message, str) else message[0]
            homes.setdefault(home_of(path), {}).setdefault((context, first), (message, f"{inside}:{line}"))
    return homes


def english(home: Path) -> Catalog:
    """The English catalogue of a home, or an empty one."""
    path = home / CATALOGUE
    if not path.is_file():
        return Catalog(locale="en", project="tuoshan", charset="utf-8", header_comment="# Tuoshan: English")
    with path.open("rb") as reading:
        return read_po(reading, locale="en")


def is_complete(translated: object) -> bool:
    """Whether there is a text, in each plural form."""
    forms = translated if isinstance(translated, list | tuple) else (translated,)
    return all(bool(form) for form in forms)


def placeholders(text: str) -> set[str]:
    """Names that are filled in later; they must be the same in both languages."""
    return set(re.findall(r"%\(\w+\)[sd]|\{\w*\}", text))


def findings(home: Path, needed: dict[Key, tuple[str | tuple[str, ...], str]]) -> Iterator[str]:
    """What is wrong with the English of one home."""
    catalog = english(home)
    elsewhere = english(SOURCE)
    for (context, first), (_message, place) in needed.items():
        entry = catalog.get(first, context) or elsewhere.get(first, context)
        label = f"{place}: {first!r}" + (f" (context {context})" if context else "")
        if entry is None:
            yield f"{label} is not in {(home / CATALOGUE).relative_to(SOURCE)}"
        elif not is_complete(entry.string):
            yield f"{label} has no English"
        elif entry.fuzzy:
            yield f"{label} is marked fuzzy"
        else:
            forms = entry.string if isinstance(entry.string, list | tuple) else (entry.string,)
            if any(not placeholders(form) <= placeholders(first) for form in forms):
                yield f"{label} has other placeholders in English: {forms}"


def conflicts(homes: Iterable[Path]) -> Iterator[str]:
    """Sentences with two English wordings: all catalogues become one, so that only one of them would ever show."""
    wordings: dict[Key, dict[object, str]] = {}
    for home in sorted({*homes, SOURCE}):
        for entry in english(home):
            if entry.id and is_complete(entry.string):
                first = entry.id if isinstance(entry.id, str) else entry.id[0]
                string = entry.string if isinstance(entry.string, str) else tuple(entry.string or ())
                wordings.setdefault((entry.context, first), {}).setdefault(string, home.name)
    for (_context, first), found in wordings.items():
        if len(found) > 1:
            says = ", ".join(f"{string!r} ({name})" for string, name in found.items())
            yield f"{first!r} has more than one English wording: {says}; give one of them a context"


def kept_order(old: Catalog, needed: dict[Key, tuple[str | tuple[str, ...], str]]) -> list[Key]:
    """What is needed, in the order in which it stands in the catalogue already; what is new comes behind the sentence
    that stands before it in the sources, so that a difference shows what was changed and nothing else.
    """
    known: dict[Key, None] = {(entry.context, _first(entry.id)): None for entry in old if entry.id}
    order = [key for key in known if key in needed]
    before: Key | None = None
    for key in sorted(needed, key=lambda one: by_place(needed[one][1])):
        if key not in known:
            order.insert(order.index(before) + 1 if before is not None else 0, key)
        before = key
    return order


def by_place(place: str) -> tuple[str, int]:
    """File and line of `file:line`, so that line 9 comes before line 10."""
    file, _colon, line = place.rpartition(":")
    return file, int(line)


def _first(identifier: str | Iterable[str]) -> str:
    return identifier if isinstance(identifier, str) else next(iter(identifier))


def update(home: Path, needed: dict[Key, tuple[str | tuple[str, ...], str]]) -> int:
    """Write what is missing into the catalogue, but for what the house's own says; returns how many were added."""
    old, house = english(home), english(SOURCE)
    needed = {
        (context, first): wanted for (context, first), wanted in needed.items()
        if old.get(first, context) or not house.get(first, context)
    }  # fmt: skip
    new = Catalog(locale="en", project="tuoshan", charset="utf-8", header_comment="# Tuoshan: English")
    added = 0
    for context, first in kept_order(old, needed):
        message, place = needed[context, first]
        entry = old.get(first, context)
        added += entry is None
        identifier = message if isinstance(message, str) else tuple(message[:2])
        empty: str | tuple[str, ...] = "" if isinstance(identifier, str) else ("", "")
        string = entry.string if entry is not None else empty
        flags = entry.flags if entry is not None else ()
        said = entry.user_comments if entry is not None else ()
        where = [(by_place(place)[0], None)]
        new.add(identifier, string, locations=where, flags=flags, user_comments=said, context=context)
    path = home / CATALOGUE
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as writing:
        write_po(writing, new, width=110, omit_header=False, include_lineno=False)
    tidy(path)
    return added


def tidy(path: Path) -> None:
    """Drop header lines that only change with time or name nobody."""
    noise = "POT-Creation-Date|PO-Revision-Date|Report-Msgid-Bugs-To|Last-Translator|Language-Team|Generated-By"
    text = re.sub(rf'^"({noise}).*\n', "", path.read_text(encoding="utf-8"), flags=re.M)
    text = text.replace("#, fuzzy\nmsgid \"\"\n", "msgid \"\"\n", 1).replace("tuoshan VERSION", "tuoshan", 1)
    path.write_text(text, encoding="utf-8")


def main() -> int:
    """Print the findings; 1 when there are any."""
    settings.configure(USE_I18N=True)
    django.setup()
    only = [Path(name).resolve() for name in sys.argv[1:] if not name.startswith("--")]
    homes = {home: needed for home, needed in wanted().items() if not only or home in only}
    if "--update" in sys.argv:
        for home, needed in homes.items():
            print(f"{home.relative_to(SOURCE.parent)}: {update(home, needed)} added")
    wrong = [finding for home, needed in homes.items() for finding in findings(home, needed)]
    wrong += conflicts(homes)
    print(*wrong, sep="\n")
    total = sum(len(needed) for needed in homes.values())
    print(f"translations: {total} sentences, {len(wrong)} to mend")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
