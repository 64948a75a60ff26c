"""Category, Product, OrderRef: plain tables that cases point at."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tuoshan.parties.naming import in_language
from tuoshan.secrets import blind_index


class Category(models.Model):
    """What a case is about, in two levels; a case points at the lower one where there is one.

    A category may be limited to the playbooks that it makes sense for; an empty list means every playbook.
    """

    code = models.SlugField(_("代码"), max_length=60, unique=True)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("上级")
    )
    name_zh = models.CharField(_("中文名称"), max_length=60)
    name_en = models.CharField(_("英文名称"), max_length=80, blank=True)
    playbooks = models.JSONField(_("适用流程"), default=list, blank=True)
    problem = models.SlugField(_("规则包里的问题"), max_length=40, blank=True)
    """Which problem of the rule books it names; empty: a ruling asks."""
    position = models.PositiveSmallIntegerField(_("顺序"), default=0)
    is_active = models.BooleanField(_("启用"), default=True)

    class Meta:
        ordering = ["position", "code"]
        verbose_name = _("分类")
        verbose_name_plural = _("分类")
        constraints = [
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=F("id")), name="catalog_category_not_own_parent"
            ),
        ]

    def __str__(self) -> str:
        return self.full_name

    @property
    def name(self) -> str:
        """The name in the language in force."""
        return in_language(self.name_zh, self.name_en)

    @property
    def full_name(self) -> str:
        """Both levels, as ``质量问题 / 破损``."""
        return f"{self.parent.name} / {self.name}" if self.parent else self.name

    def clean(self) -> None:
        """Refuse a third level and a parent with children becoming a child."""
        if self.parent is not None:
            if self.parent.parent_id is not None:
                raise ValidationError({"parent": _("分类只有两级。")})
            if self.pk and self.children.exists():
                raise ValidationError({"parent": _("这个分类还有下级，不能再归到别的分类下。")})

    def applies_to(self, playbook: str) -> bool:
        """Whether cases of this playbook may be filed here."""
        return not self.playbooks or playbook in self.playbooks


LINE_MARK = "line:"
"""Begins the code of an entry that stands for a whole line of products."""


class Product(models.Model):
    """A thing that is sold, by the code that stands on its label; or what stands for its line, see `catalog.lines`."""

    code = models.CharField(_("货号"), max_length=60, unique=True)
    name = models.CharField(_("名称"), max_length=120)
    category = models.ForeignKey(
        Category, models.SET_NULL, null=True, blank=True, related_name="products", verbose_name=_("分类")
    )
    line = models.CharField(_("品类"), max_length=60, blank=True, help_text=_("例如：家电、鞋、服装"))
    supplier = models.ForeignKey(
        "parties.OrgUnit", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("厂家")
    )
    is_active = models.BooleanField(_("启用"), default=True)

    class Meta:
        ordering = ["code"]
        verbose_name = _("商品")
        verbose_name_plural = _("商品")
        indexes = [models.Index(fields=["name"], name="catalog_product_name")]

    def __str__(self) -> str:
        if self.code.startswith(LINE_MARK):
            return gettext("%(line)s（未写具体商品）") % {"line": self.name}
        return f"{self.code} {self.name}"


class ProductLine(models.Model):
    """A line of products by the name that products carry, and what it is to the rule books."""

    name = models.CharField(_("品类"), max_length=60, unique=True)
    goods = models.SlugField(_("规则包里的商品类别"), max_length=40, blank=True)
    """Kind of goods; empty: a ruling asks."""
    is_installed = models.BooleanField(_("签收后还要安装"), default=False)
    """Often installed later than signed for, so that signing does not say when it was delivered."""

    class Meta:
        ordering = ["name"]
        verbose_name = _("品类")
        verbose_name_plural = _("品类")

    def __str__(self) -> str:
        return self.name


class Shop(models.Model):
    """What a shop's name, or a part of it, says of the platform on which its orders are placed."""

    name = models.CharField(_("店铺"), max_length=60, unique=True, help_text=_("全名，或名称里的几个字，例如：天猫"))
    platform = models.SlugField(_("规则包里的平台"), max_length=40, blank=True)
    """Platform; empty: a ruling asks."""

    class Meta:
        ordering = ["name"]
        verbose_name = _("店铺")
        verbose_name_plural = _("店铺")

    def __str__(self) -> str:
        return self.name


class OrderRef(models.Model):
    """What we know of an order without being the shop: enough to check who someone is and what they paid.

    ``lines`` holds ``{"product": code, "name": …, "quantity": n, "price": "12.00"}`` as the shop gave them.
    """

    order_no = models.CharField(_("订单号"), max_length=64)
    shop = models.CharField(_("店铺"), max_length=60, blank=True)
    unit = models.ForeignKey(
        "parties.OrgUnit", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("场店")
    )
    customer = models.ForeignKey(
        "parties.Customer", models.SET_NULL, null=True, blank=True, related_name="orders", verbose_name=_("客户")
    )
    phone_index = models.CharField(max_length=32, blank=True, db_index=True, editable=False)
    lines = models.JSONField(_("商品行"), default=list, blank=True)
    paid = models.DecimalField(_("实付金额（元）"), max_digits=12, decimal_places=2, null=True, blank=True)
    ordered_at = models.DateTimeField(_("下单时间"), null=True, blank=True)
    signed_at = models.DateTimeField(_("签收时间"), null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("订单")
        verbose_name_plural = _("订单")
        constraints = [
            models.UniqueConstraint(fields=["shop", "order_no"], name="catalog_order_once_per_shop"),
            models.CheckConstraint(condition=Q(paid__isnull=True) | Q(paid__gte=0), name="catalog_order_paid"),
        ]
        indexes = [models.Index(fields=["order_no"], name="catalog_order_no")]

    def __str__(self) -> str:
        return f"{self.shop} {self.order_no}".strip()

    def remember_phone(self, phone: str) -> None:
        """Keep the order's phone as a blind index only: it can be compared, never read."""
        self.phone_index = blind_index(phone, "phone")

    def belongs_to_phone(self, phone: str) -> bool | None:
        """Whether the order was placed with this phone; None when the order holds none."""
        known = self.phone_index or (self.customer.phone_index if self.customer else None)
        return None if not known else known == blind_index(phone, "phone")

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Trim the number, so that a pasted blank does not make a second order."""
        self.order_no = self.order_no.strip()
        super().save(*args, **kwargs)
