"""What a part of a rule book says, in words, for whoever reads two versions side by side."""

from functools import lru_cache

from tuoshan.core.playbook import Wording
from tuoshan.core.policy.editing.differing import BookChange
from tuoshan.core.policy.pack import Pack
from tuoshan.rulings.expressions_in_words import colon, listed, quoted
from tuoshan.rulings.reading_aloud import tables_to_read
from tuoshan.rulings.reckoned_in_words import reckoned, setting_value

ALL_THE_REST = Wording("其余情况", "all the rest")


def said(pack: Pack, change: BookChange, language: str) -> str:
    """The part that a change is of, as this version has it; empty where it has none."""
    name = change.name
    match change.kind:
        case "clause":
            return pack.clauses[name].told.in_language(language) if name in pack.clauses else ""
        case "row":
            return _rows(pack, language).get((change.table, name), "")
        case "table":
            return quoted(pack.tables[name].title.in_language(language), language) if name in pack.tables else ""
        case "fact":
            return pack.facts[name].field.label.in_language(language) if name in pack.facts else ""
        case "setting":
            setting = pack.settings.get(name)
            return f"{setting.label.in_language(language)}{colon(language)}{setting_value(setting, language)}" if (
                setting is not None) else ""  # fmt: skip
        case "value":
            return _values(pack, language).get(name, "")


@lru_cache(maxsize=8)
def _rows(pack: Pack, language: str) -> dict[tuple[str, str], str]:
    """Each row: its table, what it asks for, what it gives, its clauses, why."""
    comma, semicolon = Wording("，", ", "), Wording("；", "; ")
    found = {}
    for table in tables_to_read(pack, language):
        title = quoted(table.title, language)
        for row in table.rows:
            when = listed(row.conditions, language, comma) or ALL_THE_REST.in_language(language)
            gives = listed(row.conclusions, language, semicolon) or "–"
            cited = f" [{', '.join(row.clauses)}]" if row.clauses else ""
            why = Wording(f"（{row.because}）", f" ({row.because})").in_language(language) if row.because else ""
            found[table.name, row.name] = f"{title}{colon(language)}{when} → {gives}{cited}{why}"
    return found


@lru_cache(maxsize=8)
def _values(pack: Pack, language: str) -> dict[str, str]:
    lines = reckoned(pack, language).periods
    return {name: f"{one.title}{colon(language)}{one.text}" for name, one in zip(pack.values, lines, strict=True)}
