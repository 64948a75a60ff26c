"""The outbox, the gateway for short messages, and what staff are told."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tuoshan import clock, identifiers
from tuoshan.secrets import EncryptedTextField


class OutgoingMessage(models.Model):
    """One message on one way out. `key` is the effect's key and the channel: the same effect never makes two.

    `folder` means: laid into the mail folder, as no server or gateway is set up. `uncertain` counts tries that
    were begun and of which no outcome is known, because the process died in between.
    """

    class Channel(models.TextChoices):
        SMS = "sms", _("短信")
        MAIL = "mail", _("邮件")
        LETTER = "letter", _("信函")
        IN_APP = "in_app", _("站内")

    class Status(models.TextChoices):
        PENDING = "pending", _("待发送")
        SENT = "sent", _("已发送")
        FAILED = "failed", _("发送失败")
        FOLDER = "folder", _("已放入信箱")
        CANCELLED = "cancelled", _("已取消")

    id = models.BigIntegerField(primary_key=True, default=identifiers.next_id)
    case_id = models.BigIntegerField(null=True)
    key = models.CharField(max_length=200, unique=True)
    effect_key = models.CharField(max_length=200)
    message_id = models.BigIntegerField(null=True, help_text="row of the case's conversation")
    message = models.CharField(max_length=60, default="", help_text="the playbook's message, when it is one")
    channel = models.CharField(_("方式"), max_length=10, choices=Channel)
    language = models.CharField(max_length=8, default="zh-hans")
    to = EncryptedTextField(_("收件人"), default="")
    to_name = EncryptedTextField(default="")
    subject = EncryptedTextField(_("主题"), default="")
    body = EncryptedTextField(_("正文"), default="")
    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.PENDING)
    provider_id = models.CharField(max_length=200, default="")
    attempts = models.PositiveIntegerField(default=0)
    uncertain = models.PositiveSmallIntegerField(default=0)
    last_error = models.TextField(default="")
    at = models.DateTimeField(_("时间"))
    done_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "integrations_outgoing"
        ordering = ["-id"]
        verbose_name = _("发出的消息")
        verbose_name_plural = _("发出的消息")
        indexes = [
            models.Index(fields=["case_id", "id"], name="integrations_out_case"),
            models.Index(fields=["effect_key"], name="integrations_out_effect"),
            models.Index(fields=["channel", "id"], name="integrations_out_channel"),
            models.Index(fields=["at"], condition=Q(status="pending"), name="integrations_out_pending"),
            models.Index(fields=["id"], condition=Q(status="failed"), name="integrations_out_failed"),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.status} {self.key}"


class SmsGateway(models.Model):
    """The one HTTP gateway for short messages; without one that is on, they go to the mail folder.

    `body` is a template with `{to} {national} {text} {key} {company}`: JSON, or lines `name=value` for forms and for
    the query of a GET. `success` is empty (any 2xx answer) or `PATH == VALUE` / `PATH in A, B` over the JSON answer.
    """

    class Format(models.TextChoices):
        JSON = "json", "JSON"
        FORM = "form", _("表单")

    name = models.CharField(_("名称"), max_length=60, default="", blank=True)
    url = models.URLField(_("地址"), max_length=500)
    method = models.CharField(
        _("方法"), max_length=6, default="POST", choices=[("POST", "POST"), ("GET", "GET"), ("PUT", "PUT")]
    )
    format = models.CharField(_("格式"), max_length=6, default=Format.JSON, choices=Format)
    body = models.TextField(_("内容模板"), default='{"mobile": "{national}", "content": "【{company}】{text}"}')
    headers = EncryptedTextField(_("请求头"), default="", blank=True)
    success = models.CharField(_("成功条件"), max_length=120, default="", blank=True)
    id_path = models.CharField(_("回执编号所在"), max_length=80, default="", blank=True)
    timeout_seconds = models.PositiveSmallIntegerField(_("超时秒数"), default=10)
    is_on = models.BooleanField(_("启用"), default=True)
    changed_at = models.DateTimeField(default=clock.now)

    class Meta:
        db_table = "integrations_sms_gateway"
        verbose_name = _("短信网关")

    def __str__(self) -> str:
        return self.name or self.url


class ContactPreference(models.Model):
    """How a customer wishes to be told; without a row the company's default counts."""

    class Way(models.TextChoices):
        SMS = "sms", _("短信")
        MAIL = "mail", _("邮件")
        BOTH = "both", _("短信和邮件")
        NONE = "none", _("不接收消息")

    customer_id = models.BigIntegerField(primary_key=True)
    way = models.CharField(_("联系方式"), max_length=6, choices=Way)
    changed_at = models.DateTimeField(default=clock.now)

    class Meta:
        db_table = "integrations_contact_preference"

    def __str__(self) -> str:
        return f"{self.customer_id} {self.way}"


class Notification(models.Model):
    """Something that a member of staff is told. The same thing in the same case within an hour is one, counted."""

    id = models.BigIntegerField(primary_key=True, default=identifiers.next_id)
    person_id = models.BigIntegerField()
    case_id = models.BigIntegerField(null=True)
    what = models.CharField(max_length=20)
    about = models.CharField(max_length=160, default="")
    data = models.JSONField(default=dict)
    count = models.PositiveIntegerField(default=1)
    first_at = models.DateTimeField()
    at = models.DateTimeField()
    in_app = models.BooleanField(default=True)
    read_at = models.DateTimeField(null=True)
    mail_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "integrations_notification"
        ordering = ["-at", "-id"]
        verbose_name = _("通知")
        verbose_name_plural = _("通知")
        indexes = [
            models.Index(fields=["person_id", "-at", "-id"], name="integrations_note_person"),
            models.Index(
                fields=["person_id"], condition=Q(read_at__isnull=True, in_app=True), name="integrations_note_unread"
            ),
            models.Index(fields=["person_id", "case_id", "what", "first_at"], name="integrations_note_same"),
            models.Index(
                fields=["person_id", "mail_at"], condition=Q(mail_at__isnull=False, mailed_at__isnull=True),
                name="integrations_note_mail",
            ),
            models.Index(fields=["at"], name="integrations_note_at"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.person_id} {self.what} ×{self.count}"

    def sentence(self) -> Any:
        """What happened, in the language in force."""
        from tuoshan.integrations.notice_words import sentence

        return sentence(self)


class CustomerReply(models.Model):
    """What of the customer's the handler has not seen: `seq` is the newest such event, `read_seq` how far the page of
    the case was seen; unread while the first is the greater. Written by `replied` alone."""

    case_id = models.BigIntegerField(primary_key=True)
    seq = models.IntegerField(default=0)
    read_seq = models.IntegerField(default=0)
    replies = models.PositiveIntegerField(default=0)
    since = models.DateTimeField()

    class Meta:
        db_table = "integrations_customer_reply"

    def __str__(self) -> str:
        return f"{self.case_id} ×{self.replies}"


class NotificationPreference(models.Model):
    """When mail to staff goes out. Which kinds it covers stands with the person (`Person.wants`)."""

    class Pace(models.TextChoices):
        INSTANT = "instant", _("立即")
        DAILY = "daily", _("每个工作日早上汇总一次")

    person_id = models.BigIntegerField(primary_key=True)
    pace = models.CharField(_("邮件通知"), max_length=8, choices=Pace, default=Pace.INSTANT)
    quiet = models.BooleanField(
        _("下班时间不发邮件"), default=True, help_text=_("留到下一个上班时间再发；升级给您的除外")
    )

    class Meta:
        db_table = "integrations_notification_preference"

    def __str__(self) -> str:
        return f"{self.person_id} {self.pace}"
