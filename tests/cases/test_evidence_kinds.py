"""Evidence is called by one list of words, wherever it is attached, asked for or missing."""

import pytest
from django.utils import translation

from tuoshan.cases.evidence_kinds import TITLES
from tuoshan.cases.library import current
from tuoshan.cases.refusals import evidence_title
from tuoshan.core.playbook import EVIDENCE_KINDS
from tuoshan.documents.models import Evidence


def test_each_kind_has_its_words_and_can_be_attached() -> None:
    assert set(TITLES) == EVIDENCE_KINDS == set(Evidence.Kind.values)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("name", ["complaint", "facility_repair", "pinduoduo_refund", "pinduoduo_return"])
def test_what_a_process_asks_for_is_said_in_words(name: str, language: str) -> None:
    book = current(name)
    asked = [kind for action in book.actions.values() for kind in action.evidence]
    asked += [kind for task in book.tasks.values() for kind in task.evidence]
    asked += [kind for task in book.tasks.values() for kinds in task.outcome_evidence.values() for kind in kinds]
    with translation.override(language):
        said = [evidence_title(kind) for kind in asked]
    chinese = [any("\u3400" <= sign <= "\u9fff" for sign in words) for words in said]
    assert all(chinese) if language == "zh-hans" else not any(chinese)
    assert not any(sign in words for words in said for sign in "_|")
