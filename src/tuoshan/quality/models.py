"""Causes, who is liable, and what is learned."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tuoshan import clock, identifiers
from tuoshan.parties.naming import in_language


class Cause(models.Model):
    """Why something went wrong, in two levels."""

    code = models.SlugField(_("代码"), max_length=40, unique=True)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("上级")
    )
    name_zh = models.CharField(_("中文名称"), max_length=60)
    name_en = models.CharField(_("英文名称"), max_length=80, blank=True)
    position = models.PositiveSmallIntegerField(_("顺序"), default=0)
    is_active = models.BooleanField(_("启用"), default=True)

    class Meta:
        db_table = "quality_cause"
        ordering = ["position", "code"]
        verbose_name = _("原因")
        verbose_name_plural = _("原因")
        constraints = [
            models.CheckConstraint(condition=Q(parent__isnull=True) | ~Q(parent=F("id")), name="quality_cause_parent")
        ]

    def __str__(self) -> str:
        return self.full_name

    @property
    def name(self) -> str:
        """The name in the language in force."""
        return in_language(self.name_zh, self.name_en)

    @property
    def full_name(self) -> str:
        """Both levels."""
        return f"{self.parent.name} / {self.name}" if self.parent else self.name

    def clean(self) -> None:
        """Refuse a third level."""
        if self.parent is not None and (self.parent.parent_id is not None or (self.pk and self.children.exists())):
            raise ValidationError({"parent": _("原因只有两级。")})


class LiableParty(models.Model):
    """Who can be found responsible; `key` is the value that playbooks use."""

    key = models.SlugField(_("代码"), max_length=30, unique=True)
    name_zh = models.CharField(_("中文名称"), max_length=40)
    name_en = models.CharField(_("英文名称"), max_length=60)
    position = models.PositiveSmallIntegerField(_("顺序"), default=0)
    is_active = models.BooleanField(_("启用"), default=True)

    class Meta:
        db_table = "quality_liable_party"
        ordering = ["position", "key"]
        verbose_name = _("责任方")
        verbose_name_plural = _("责任方")

    def __str__(self) -> str:
        return in_language(self.name_zh, self.name_en)


class Liability(models.Model):
    """What a case cost, and who is responsible for it. Recorded only: no money moves by this row."""

    id = models.BigIntegerField(primary_key=True, default=identifiers.next_id)
    key = models.CharField(max_length=200, unique=True)
    case_id = models.BigIntegerField()
    party = models.CharField(_("责任方"), max_length=60)
    unit_id = models.BigIntegerField(null=True)
    cause = models.CharField(_("原因"), max_length=60, default="")
    amount = models.DecimalField(_("金额"), max_digits=14, decimal_places=2)
    at = models.DateTimeField()

    class Meta:
        db_table = "quality_liability"
        ordering = ["-at", "-id"]
        verbose_name = _("费用归责")
        verbose_name_plural = _("费用归责")
        indexes = [
            models.Index(fields=["case_id"], name="quality_liability_case"),
            models.Index(fields=["party", "at"], name="quality_liability_party"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.party} {self.amount}"


class Lesson(models.Model):
    """One improvement: what, who, by when, and later whether it helped."""

    class Kind(models.TextChoices):
        PRODUCT = "product", _("产品")
        PROCESS = "process", pgettext_lazy("lesson", "流程")
        TRAINING = "training", _("培训")
        SUPPLIER = "supplier", _("供应商")

    class Status(models.TextChoices):
        OPEN = "open", _("待开始")
        DOING = "doing", _("进行中")
        DONE = "done", _("已完成")
        DROPPED = "dropped", _("不再进行")

    class Effect(models.TextChoices):
        UNKNOWN = "", _("未验证")
        HELPED = "helped", pgettext_lazy("lesson", "有效")
        NOT_HELPED = "not_helped", pgettext_lazy("lesson", "无效")

    id = models.BigIntegerField(primary_key=True, default=identifiers.next_id)
    key = models.CharField(max_length=200, unique=True, null=True, help_text="the task run that it came from")
    what = models.TextField(_("改进措施"), max_length=5000)
    reason = models.TextField(_("判断依据"), max_length=5000, blank=True)
    kind = models.CharField(_("类型"), max_length=10, choices=Kind, default=Kind.PROCESS)
    owner_id = models.BigIntegerField(null=True)
    due_on = models.DateField(_("完成日期"), null=True, blank=True)
    status = models.CharField(_("状态"), max_length=8, choices=Status, default=Status.OPEN)
    progress = models.TextField(_("进展"), max_length=5000, blank=True)
    effect = models.CharField(_("效果"), max_length=12, choices=Effect, default=Effect.UNKNOWN, blank=True)
    effect_note = models.TextField(_("效果说明"), max_length=5000, blank=True)
    checked_by_id = models.BigIntegerField(null=True)
    checked_at = models.DateTimeField(null=True)
    created_by_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField(default=clock.now)
    done_at = models.DateTimeField(null=True)
    reminded_on = models.DateField(null=True)

    class Meta:
        db_table = "quality_lesson"
        ordering = ["due_on", "id"]
        verbose_name = _("整改")
        verbose_name_plural = _("整改")
        indexes = [
            models.Index(fields=["owner_id", "due_on"], name="quality_lesson_owner"),
            models.Index(fields=["due_on"], condition=Q(status__in=("open", "doing")), name="quality_lesson_due"),
        ]

    def __str__(self) -> str:
        return self.what[:60]


class LessonCase(models.Model):
    """A case that a lesson was learned from."""

    lesson = models.ForeignKey(Lesson, models.CASCADE, related_name="links")
    case_id = models.BigIntegerField(db_index=True)

    class Meta:
        db_table = "quality_lesson_case"
        constraints = [models.UniqueConstraint(fields=["lesson", "case_id"], name="quality_lesson_case_once")]

    def __str__(self) -> str:
        return f"{self.lesson_id} ← {self.case_id}"
