"""The catalogue of products that registering looks up."""

from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from tuoshan.catalog.models import Category, Product, ProductLine
from tuoshan.office.settings.categories import CategoryChoice, in_tree
from tuoshan.office.settings.people import UnitChoice
from tuoshan.parties.models import OrgUnit

IN_USE = (
    ("", gettext_lazy("全部")), ("on", gettext_lazy("启用")), ("off", pgettext_lazy("status", "停用")),
)  # fmt: skip
"""What a list with rows in and out of use may show."""


class ProductForm(forms.ModelForm):  # type: ignore[type-arg]
    """One product."""

    category = CategoryChoice(
        label=gettext_lazy("分类"), queryset=Category.objects.none(), required=False,
        empty_label=gettext_lazy("（未定）"),
    )  # fmt: skip
    supplier = UnitChoice(
        label=gettext_lazy("厂家"), queryset=OrgUnit.objects.filter(kind=OrgUnit.Kind.SUPPLIER), required=False,
        empty_label=gettext_lazy("（未定）"),
    )  # fmt: skip

    class Meta:
        model = Product
        fields = ["code", "name", "line", "category", "supplier", "is_active"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        category = self.fields["category"]
        assert isinstance(category, CategoryChoice)
        category.queryset = in_tree(Category.objects.filter(Q(is_active=True) | Q(pk=self.instance.category_id)))
        self.fields["is_active"].help_text = _("停用后登记时不再查到，已有的工单照旧显示")
        if self.instance.pk:
            self.fields["code"].disabled = True
            self.fields["code"].help_text = _("货号写进了已有的订单，不能改")

    def clean_code(self) -> str:
        """Refuse a code that differs from a known one by capitals alone: look-ups do not tell them apart."""
        code = str(self.cleaned_data["code"])
        if Product.objects.filter(code__iexact=code).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(_("已经有这个货号的商品。"))
        return code

    def save(self, commit: bool = True) -> Any:
        """A line that is new is listed, so that somebody can say what kind of goods it is."""
        line = str(self.cleaned_data["line"])
        if commit and line:
            ProductLine.objects.get_or_create(name=line)
        return super().save(commit)


def shown(rows: "QuerySet[Any]", chosen: str) -> "QuerySet[Any]":
    """Those in use (`on`), out of use (`off`), or all of them."""
    return rows.filter(is_active=chosen == "on") if chosen in {"on", "off"} else rows
