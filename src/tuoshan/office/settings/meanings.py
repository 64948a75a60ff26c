"""What the company's lines of products and shops are to the rule books; what is left open a ruling asks."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from tuoshan.cases.forms import words
from tuoshan.catalog.models import ProductLine, Shop
from tuoshan.rulings import library

ASKED = gettext_lazy("（没有说明，裁定时再问）")


def titles(fact: str) -> dict[str, str]:
    """What a fact of the rule books may be, in the language in force."""
    return {choice.value: words(choice.title) for choice in library.facts()[fact].field.choices}


def title_of(fact: str, value: str) -> str:
    """A value as people read it; open where nothing is told."""
    return titles(fact).get(value, value) if value else str(ASKED)


class MeaningField(forms.TypedChoiceField):
    """One of the things that a fact of the rule books may be, or left open."""

    def __init__(self, fact: str, **kwargs: Any) -> None:
        super().__init__(required=False, choices=lambda: [("", ASKED), *titles(fact).items()], **kwargs)


class ProductLineForm(forms.ModelForm):  # type: ignore[type-arg]
    """One line of products."""

    goods = MeaningField(
        "goods", label=gettext_lazy("规则包里的商品类别"),
        help_text=gettext_lazy("裁定时按它选规则；没有说明的，裁定时再问"),
    )  # fmt: skip

    class Meta:
        model = ProductLine
        fields = ["name", "goods", "is_installed"]
        help_texts = {"is_installed": gettext_lazy("勾选后，不把签收日当作交付日")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["name"].disabled = True
            self.fields["name"].help_text = gettext_lazy("商品按这个名称找到它，不能改")


class ShopForm(forms.ModelForm):  # type: ignore[type-arg]
    """One shop, or a part of shops' names."""

    platform = MeaningField("platform", label=gettext_lazy("规则包里的平台"))

    class Meta:
        model = Shop
        fields = ["name", "platform"]
