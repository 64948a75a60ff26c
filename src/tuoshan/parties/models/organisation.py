"""The organisation: units as a tree with materialised paths, and which party is whom."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q, Value
from django.db.models.functions import Concat, Substr
from django.utils.translation import gettext_lazy as _

from tuoshan.parties.naming import in_language


class OrgUnit(models.Model):
    """A company, region, store, department or supplier.

    ``path`` lists the codes from the root down, each followed by a slash (``hq/east/store-12/``), so that
    everything below a unit is one indexed prefix search. It follows from ``parent`` and ``code`` and is
    rewritten for the whole branch when either changes.
    """

    class Kind(models.TextChoices):
        COMPANY = "company", _("公司")
        DEPARTMENT = "department", _("部门")
        STORE = "store", _("场店")
        REGION = "region", _("区域")
        SUPPLIER = "supplier", _("厂家")

    class Department(models.TextChoices):
        QA = "qa", _("质检")
        PRODUCTION = "production", _("生产")
        LOGISTICS = "logistics", _("物流")
        TECHNICAL = "technical", _("技术")
        STORE = "store", _("场店")
        SERVICE = "service", _("客服")

    code = models.SlugField(_("代码"), max_length=40, unique=True)
    name_zh = models.CharField(_("中文名称"), max_length=80)
    name_en = models.CharField(_("英文名称"), max_length=120, blank=True)
    kind = models.CharField(_("类型"), max_length=12, choices=Kind.choices)
    department = models.CharField(
        _("职能"), max_length=12, choices=Department.choices, blank=True, db_index=True,
        help_text=_("哪一类待办会派到这里"),
    )  # fmt: skip
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("上级")
    )
    path = models.CharField(max_length=400, unique=True, editable=False)
    is_active = models.BooleanField(_("启用"), default=True)

    class Meta:
        ordering = ["path"]
        verbose_name = _("组织单位")
        verbose_name_plural = _("组织单位")

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the language in force."""
        return in_language(self.name_zh, self.name_en)

    def clean(self) -> None:
        """Refuse a unit below itself."""
        if self.parent is not None and self.pk and self.parent.path.startswith(self._stored_path()):
            raise ValidationError({"parent": _("上级不能是自己或自己的下级。")})

    def _stored_path(self) -> str:
        return OrgUnit.objects.values_list("path", flat=True).get(pk=self.pk)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save and keep the paths of the whole branch right. Raises ValidationError for a cycle."""
        with transaction.atomic():
            old = self._stored_path() if self.pk and not self._state.adding else ""
            if self.parent is not None and old and self.parent.path.startswith(old):
                raise ValidationError({"parent": _("上级不能是自己或自己的下级。")})
            if self.kind == self.Kind.STORE and not self.department:
                self.department = self.Department.STORE
            self.path = f"{self.parent.path if self.parent else ''}{self.code}/"
            if kwargs.get("update_fields") is not None:
                kwargs["update_fields"] = {*kwargs["update_fields"], "path", "department"}
            super().save(*args, **kwargs)
            if old and old != self.path:
                below = OrgUnit.objects.filter(path__startswith=old).exclude(pk=self.pk)
                below.update(path=Concat(Value(self.path), Substr("path", len(old) + 1)))


class PartyMap(models.Model):
    """Who a playbook's party is in this company: one row per way of being it.

    Rows with a playbook replace the general ones (playbook empty) of the same party for that playbook.
    """

    class Target(models.TextChoices):
        ROLE = "role", _("角色")
        DEPARTMENT = "department", _("职能部门的人员")
        UNIT = "unit", _("一个单位的人员")
        PERSON = "person", _("一个人")
        HANDLER = "handler", _("工单经办人")
        REGISTRANT = "registrant", _("登记人")
        PARTY = "party", _("同另一方")
        STAFF = "staff", _("全体员工")
        OUTSIDE = "outside", _("系统外的人")

    party = models.SlugField(_("一方"), max_length=60)
    playbook = models.CharField(_("流程"), max_length=60, blank=True)
    target = models.CharField(_("是谁"), max_length=12, choices=Target.choices)
    role = models.ForeignKey(
        "parties.Role", models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("角色")
    )
    unit = models.ForeignKey(
        OrgUnit, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("单位")
    )
    person = models.ForeignKey(
        "parties.Person", models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("人员")
    )
    department = models.CharField(
        _("职能"), max_length=12, choices=OrgUnit.Department.choices, blank=True,
        help_text=_("留空表示任何职能部门"),
    )  # fmt: skip
    same_as = models.SlugField(_("同哪一方"), max_length=60, blank=True)

    class Meta:
        ordering = ["party", "playbook", "id"]
        verbose_name = _("各方对应")
        verbose_name_plural = _("各方对应")
        indexes = [models.Index(fields=["playbook", "party"], name="parties_partymap_lookup")]
        constraints = [
            models.CheckConstraint(
                condition=(~Q(target="role") | Q(role__isnull=False))
                & (~Q(target="unit") | Q(unit__isnull=False))
                & (~Q(target="person") | Q(person__isnull=False))
                & (~Q(target="party") | ~Q(same_as="")),
                name="parties_partymap_target_named",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.party} → {self.target}"
