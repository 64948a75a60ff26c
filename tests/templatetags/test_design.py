"""Chips, grades, icons and fields, as the server draws them."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.template import engines
from django.utils import translation

from tuoshan import clock as product_clock
from tuoshan.templatetags import design

SPRITE = Path(product_clock.__file__).parent / "static" / "tuoshan" / "icons.svg"


def draw(source: str, **values: Any) -> str:
    """A template's text."""
    return engines["django"].from_string(source).render(values)


@pytest.mark.parametrize(
    ("minutes", "chinese", "english"),
    [
        (0, "1 分", "1 min"),
        (48, "48 分", "48 min"),
        (134, "2 小时 14 分", "2 h 14 min"),
        (180, "3 小时", "3 h"),
        (27 * 60, "1 天 3 小时", "1 d 3 h"),
        (24 * 60, "1 天", "1 d"),
        (75 * 60, "3 天", "3 d"),
    ],
)
def test_a_length_of_time_takes_at_most_two_units(minutes: int, chinese: str, english: str) -> None:
    with translation.override("zh-hans"):
        assert design.duration_text(minutes * 60) == chinese
    with translation.override("en"):
        assert design.duration_text(minutes * 60) == english


def test_a_clock_says_in_words_what_its_colour_says(clock: product_clock.MovedClock) -> None:
    now = clock()
    cases: list[tuple[dict[str, Any], str, str]] = [
        ({"due": now + timedelta(hours=3)}, "c-ok", "时限正常：3 小时"),
        ({"due": now + timedelta(minutes=48), "warn_at": now}, "c-warn", "即将到期：48 分"),
        ({"due": now - timedelta(minutes=36)}, "c-late", "已超时：超时 36 分"),
        ({"due": now}, "c-ok", "时限正常：1 分"),  # in time means: not after the due moment
        ({"due": now, "paused": "等客户"}, "c-paused", "已暂停：等客户"),
        ({"due": now, "provisional": True, "text": "暂定 11-25"}, "c-prov", "暂定：暂定 11-25"),
        ({"done": "17 分 / 限 30 分"}, "c-ok", "已完成：17 分 / 限 30 分"),
        ({"done": "迟 5 分", "late": True}, "c-late", "已超时：迟 5 分"),
    ]
    for given, css, words in cases:
        drawn = draw("{% clock_chip due=due warn_at=w paused=p provisional=v done=d late=l text=t %}",
                     due=given.get("due"), w=given.get("warn_at"), p=given.get("paused", ""),
                     v=given.get("provisional", False), d=given.get("done", ""), l=given.get("late", False),
                     t=given.get("text", ""))  # fmt: skip
        assert css in drawn
        assert re.sub(r"<[^>]+>|\s+$", "", drawn).strip() == words


def test_only_urgent_is_filled() -> None:
    assert "g-urgent" in draw('{% grade "urgent" %}')
    assert "紧急" in draw('{% grade "urgent" %}')
    assert draw('{% grade "normal" %}').count('class="off"') == 2


class Form(forms.Form):
    """One field of each kind."""

    words = forms.CharField(label="原因", help_text="客户看得到")
    long = forms.CharField(label="说明", widget=forms.Textarea, required=False)
    yes = forms.BooleanField(label="短信告知", required=False)
    one = forms.ChoiceField(label="等级", choices=[("a", "一般"), ("b", "重要")], widget=forms.RadioSelect)
    papers = forms.FileField(label="照片", required=False)


def test_a_wrong_field_is_tied_to_its_error_and_help() -> None:
    drawn = draw('{% include "components/form.html" %}', form=Form({}))
    assert 'aria-invalid="true"' in drawn
    assert 'aria-describedby="id_words_error id_words_help"' in drawn
    assert 'id="id_words_error"' in drawn
    assert drawn.count("一般") == 1
    assert 'data-list="id_papers_list"' in drawn
    assert "style=" not in drawn


def test_every_icon_that_a_template_names_is_in_the_sprite() -> None:
    known = set(re.findall(r'<symbol id="([\w-]+)"', SPRITE.read_text()))
    assert len(known) >= 60
    for path in (SPRITE.parents[2]).rglob("*.html"):
        for name in re.findall(r'{%\s*icon "([\w-]+)"', path.read_text(encoding="utf-8")):
            assert name in known, f"{path.name}: no icon {name!r}"


def test_no_template_carries_an_inline_script_handler_or_style() -> None:
    inline = re.compile(
        r"""\s(?:style|on[a-z]+|hx-on[\w:-]*)=["']|<style"""
        r"""|<script(?![^>]*\bsrc=)(?![^>]*type="application/json")"""
    )
    for path in (SPRITE.parents[2]).rglob("templates/**/*.html"):
        found = inline.search(re.sub(r"{%.*?%}|{#.*?#}", "", path.read_text(encoding="utf-8"), flags=re.S))
        assert not found, f"{path}: {found and found.group()} is stopped by the content security policy"
