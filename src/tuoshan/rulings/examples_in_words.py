"""An example of a rule book in words: its day, its facts, what it expects, why."""

from tuoshan.core.playbook import Wording
from tuoshan.core.policy.checking.examples_told import expected_words
from tuoshan.core.policy.pack import Example, Pack
from tuoshan.rulings.cells_in_words import cell_words
from tuoshan.rulings.expressions_in_words import called

ASKED = Wording("询问之日", "asked on")
LANGUAGES = ("zh-hans", "en")


def facts_of(pack: Pack, example: Example, language: str) -> list[tuple[str, str]]:
    """The day of asking and the facts, each by what it is called."""
    return [(ASKED.in_language(language), example.on.isoformat())] + [
        (called(pack, name, language), cell_words(pack, name, _written(value), language))
        for name, value in example.facts.items()
    ]


def _written(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def told(pack: Pack, example: Example) -> Wording:
    """All of it in one sentence."""
    expected = expected_words(pack, example.expect)
    zh, en = (
        [f"{label}{colon}{value}" for label, value in facts_of(pack, example, language)]
        for language, colon in zip(LANGUAGES, ("：", ": "), strict=True)
    )
    return Wording("；".join([*zh, f"应当：{'，'.join(one.zh for one in expected)}"]),
                   "; ".join([*en, f"expected: {', '.join(one.en for one in expected)}"]))  # fmt: skip
