"""What customers say afterwards."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tuoshan import clock, identifiers
from tuoshan.parties.naming import in_language
from tuoshan.secrets import EncryptedTextField


class SurveyReason(models.Model):
    """One reason that the survey offers; the company edits the list, answers keep the key."""

    key = models.SlugField(_("代码"), max_length=30, unique=True)
    title_zh = models.CharField(_("中文"), max_length=40)
    title_en = models.CharField(_("英文"), max_length=60)
    position = models.PositiveSmallIntegerField(_("顺序"), default=0)
    is_active = models.BooleanField(_("启用"), default=True)

    class Meta:
        db_table = "care_survey_reason"
        ordering = ["position", "key"]
        verbose_name = _("评价原因")
        verbose_name_plural = _("评价原因")

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """The title in the language in force."""
        return in_language(self.title_zh, self.title_en)


class SurveyAnswer(models.Model):
    """One customer's rating of one survey. Who handled the case is kept as it was when the answer came."""

    id = models.BigIntegerField(primary_key=True, default=identifiers.next_id)
    case_id = models.BigIntegerField()
    task = models.CharField(max_length=160, default="", help_text="the task run that asked, or empty")
    score = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(5)])
    reasons = models.JSONField(default=list)
    words = EncryptedTextField(default="")
    via = models.CharField(
        max_length=10, default="link", choices=[(name, name) for name in ("link", "portal", "staff")]
    )
    playbook = models.CharField(max_length=60, default="")
    handler_id = models.BigIntegerField(null=True)
    unit_id = models.BigIntegerField(null=True)
    category_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        db_table = "care_survey_answer"
        ordering = ["-at", "-id"]
        verbose_name = _("满意度评价")
        verbose_name_plural = _("满意度评价")
        constraints = [
            models.UniqueConstraint(fields=["case_id", "task"], name="care_survey_once"),
            models.CheckConstraint(condition=Q(score__gte=1, score__lte=5), name="care_survey_score"),
        ]
        indexes = [
            models.Index(fields=["at", "score"], name="care_survey_at"),
            models.Index(fields=["handler_id", "at", "score"], name="care_survey_handler"),
            models.Index(fields=["unit_id", "at", "score"], name="care_survey_unit"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.score}"


class FollowUpCall(models.Model):
    """One try to reach the customer once more."""

    class Result(models.TextChoices):
        SATISFIED = "satisfied", _("已联系，客户满意")
        ACCEPTED = "accepted", _("已联系，客户接受")
        UNSATISFIED = "unsatisfied", _("已联系，客户不满意，已告知申诉途径")
        NOT_REACHED = "not_reached", _("没有联系上")

    id = models.BigIntegerField(primary_key=True, default=identifiers.next_id)
    case_id = models.BigIntegerField()
    person_id = models.BigIntegerField()
    result = models.CharField(_("结果"), max_length=12, choices=Result)
    words = EncryptedTextField(_("客户的话"), default="", blank=True)
    at = models.DateTimeField(default=clock.now)
    next_at = models.DateTimeField(_("下次联系"), null=True, blank=True)

    class Meta:
        db_table = "care_follow_up_call"
        ordering = ["-at", "-id"]
        verbose_name = _("回访")
        verbose_name_plural = _("回访")
        indexes = [models.Index(fields=["case_id", "at"], name="care_follow_up_case")]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.result}"
