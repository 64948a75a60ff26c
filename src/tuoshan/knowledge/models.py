"""Quick replies and the company's own wording of messages."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tuoshan import clock


class QuickReply(models.Model):
    """A text kept ready. Without a person it is shared; `{variables}` are filled in from the case at hand."""

    title = models.CharField(_("标题"), max_length=80)
    text = models.TextField(_("内容"), max_length=5000, help_text=_("可以使用 {变量}，插入时按工单填写"))
    category = models.CharField(_("分组"), max_length=40, blank=True)
    shortcut = models.CharField(_("快捷词"), max_length=30, blank=True, help_text=_("输入 / 加快捷词即可插入"))
    language = models.CharField(
        _("语言"), max_length=8, default="zh-hans", choices=[("zh-hans", "简体中文"), ("en", "English")]
    )
    person_id = models.BigIntegerField(null=True, editable=False)
    position = models.IntegerField(_("顺序"), default=0)
    used = models.BigIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    updated_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        db_table = "knowledge_reply"
        ordering = ["position", "title", "id"]
        verbose_name = _("快捷回复")
        verbose_name_plural = _("快捷回复")
        indexes = [models.Index(fields=["person_id", "position"], name="knowledge_reply_person")]
        constraints = [
            models.UniqueConstraint(
                fields=["shortcut", "language"], name="knowledge_reply_shared_shortcut",
                condition=Q(person_id__isnull=True) & ~Q(shortcut=""),
            ),
            models.UniqueConstraint(
                fields=["person_id", "shortcut", "language"], name="knowledge_reply_own_shortcut",
                condition=Q(person_id__isnull=False) & ~Q(shortcut=""),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.title


class MessageTemplate(models.Model):
    """One version of the company's own wording of a playbook's message; the highest version counts.

    An empty text means: back to the playbook's own wording. An empty channel is for every channel that has no
    wording of its own. Versions are never changed, so what a customer was told can be traced.
    """

    playbook = models.CharField(max_length=60)
    message = models.CharField(max_length=60)
    language = models.CharField(max_length=8)
    channel = models.CharField(max_length=10, default="", blank=True)
    version = models.PositiveIntegerField()
    subject = models.CharField(_("主题"), max_length=200, blank=True)
    text = models.TextField(_("正文"), max_length=5000, blank=True)
    changed_at = models.DateTimeField(default=clock.now)
    changed_by_id = models.BigIntegerField(null=True)

    class Meta:
        db_table = "knowledge_template"
        ordering = ["playbook", "message", "language", "channel", "-version"]
        verbose_name = _("消息模板")
        verbose_name_plural = _("消息模板")
        constraints = [
            models.UniqueConstraint(
                fields=["playbook", "message", "language", "channel", "version"], name="knowledge_template_version"
            )
        ]

    def __str__(self) -> str:
        return f"{self.playbook}.{self.message} {self.language} v{self.version}"
