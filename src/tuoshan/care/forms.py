"""The survey's form; screens put it into their pages."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tuoshan.care import survey
from tuoshan.care.models import SurveyAnswer

SCORES = [
    (1, _("很不满意")),
    (2, _("不满意")),
    (3, pgettext_lazy("rating", "一般")),
    (4, _("满意")),
    (5, _("非常满意")),
]
"""From left to right, as a scale is read."""


class SurveyForm(forms.Form):
    """Five points, reasons, free text; one thumb is enough."""

    score = forms.TypedChoiceField(label=_("您的评分"), choices=SCORES, coerce=int, widget=forms.RadioSelect)
    reasons = forms.MultipleChoiceField(
        label=pgettext_lazy("survey", "原因"), required=False, widget=forms.CheckboxSelectMultiple
    )
    words = forms.CharField(
        label=_("想对我们说的"), required=False, max_length=survey.MOST_WORDS, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, asked: survey.Asked, **kwargs: Any) -> None:
        self.asked = asked
        if asked.given is not None:
            given = asked.given
            kwargs.setdefault("initial", {"score": given.score, "reasons": given.reasons, "words": given.words})
        super().__init__(*args, **kwargs)
        field = self.fields["reasons"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(reason.key, reason.title) for reason in survey.reasons()]

    def save(self, via: str = "link") -> SurveyAnswer:
        """Store the answer. Raises survey.SurveyClosed."""
        values = self.cleaned_data
        return survey.answer(
            self.asked, score=values["score"], reasons=values["reasons"], words=values["words"], via=via
        )
