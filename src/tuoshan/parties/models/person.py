"""Staff: persons with their roles, skills, absences, tokens and one-time links."""

from datetime import datetime
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import connection, models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tuoshan import clock
from tuoshan.parties.models.organisation import OrgUnit
from tuoshan.parties.naming import in_language
from tuoshan.secrets import EncryptedTextField, blind_index, phone_e164

ROLE_KEYS = (
    "SELECT r.key FROM parties_role r JOIN parties_person_roles pr ON pr.role_id = r.id WHERE pr.person_id = %s"
)
"""Asked at every request, so it is written by hand: building it took longer than running it."""
USERNAME_FORM = RegexValidator(
    r"\A[\w.@+-]+\Z", _("用户名只能有文字、数字和 . @ + - _。")
)


class Role(models.Model):
    """What someone does here. The permission table and the party map speak of roles by ``key``."""

    class Reach(models.TextChoices):
        ALL = "all", _("全部工单")
        SERVICE = "service", _("客服所服务的单位及其下级的工单")
        UNIT = "unit", _("本单位及下级的工单")
        INVOLVED = "involved", _("本部门参与过或本人经办的工单")

    key = models.SlugField(_("代码"), max_length=40, unique=True)
    title_zh = models.CharField(_("中文名称"), max_length=40)
    title_en = models.CharField(_("英文名称"), max_length=60)
    reach = models.CharField(_("可见范围"), max_length=12, choices=Reach.choices)
    reads_only = models.BooleanField(_("只读"), default=False)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "key"]
        verbose_name = _("角色")
        verbose_name_plural = _("角色")

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """The title in the language in force."""
        return in_language(self.title_zh, self.title_en)


class PersonManager(BaseUserManager["Person"]):
    """Makes persons; usernames are unique whatever their capitals."""

    def create_user(
        self, username: str, password: str | None = None, *, roles: tuple[str, ...] = (), **values: Any
    ) -> "Person":
        """Create a person with roles by key. Raises Role.DoesNotExist for a role that there is not."""
        found = [Role.objects.get(key=key) for key in roles]
        person = self.model(username=username, **{"display_name": username, **values})
        person.set_password(password)
        person.save(using=self._db)
        person.roles.set(found)
        return person

    def get_by_natural_key(self, username: str | None) -> "Person":
        return self.get(username__iexact=username or "")


class Person(AbstractBaseUser):
    """Someone who works here and signs in."""

    class Theme(models.TextChoices):
        SYSTEM = "system", _("跟随系统")
        LIGHT = "light", _("浅色")
        DARK = "dark", _("深色")

    username = models.CharField(
        _("用户名"), max_length=60, unique=True, validators=[USERNAME_FORM],
        error_messages={"unique": _("这个用户名已经有人用了。")},
    )  # fmt: skip
    display_name = models.CharField(_("姓名"), max_length=60)
    email = EncryptedTextField(_("邮箱"), blank=True, default="")
    email_index = models.CharField(max_length=32, blank=True, db_index=True, editable=False)
    phone = EncryptedTextField(_("电话"), blank=True, default="")
    phone_index = models.CharField(max_length=32, blank=True, db_index=True, editable=False)
    roles = models.ManyToManyField(Role, blank=True, related_name="persons", verbose_name=_("角色"))
    unit = models.ForeignKey(
        OrgUnit, models.PROTECT, null=True, blank=True, related_name="persons", verbose_name=_("所属单位")
    )
    skills = models.ManyToManyField(
        "catalog.Category", through="parties.Skill", blank=True, related_name="+", verbose_name=_("技能")
    )
    regions = models.ManyToManyField(OrgUnit, blank=True, related_name="+", verbose_name=_("负责区域"))
    capacity = models.PositiveSmallIntegerField(
        _("同时办理上限"), default=20, help_text=_("同时在办多少件算满；派单按在办数与上限之比")
    )
    takes_cases = models.BooleanField(_("参与自动派单"), default=True)
    language = models.CharField(
        _("语言"), max_length=8, blank=True, choices=[("zh-hans", "简体中文"), ("en", "English")]
    )
    theme = models.CharField(_("外观"), max_length=8, choices=Theme.choices, default=Theme.SYSTEM)
    notifications = models.JSONField(_("通知"), default=dict, blank=True)
    is_active = models.BooleanField(_("在职"), default=True)
    left_at = models.DateTimeField(_("离职时间"), null=True, blank=True, editable=False)
    date_joined = models.DateTimeField(_("加入时间"), default=clock.now, editable=False)

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["display_name"]
    objects = PersonManager()

    class Meta:
        ordering = ["display_name", "id"]
        verbose_name = _("人员")
        verbose_name_plural = _("人员")
        constraints = [models.CheckConstraint(condition=Q(capacity__gt=0), name="parties_person_capacity")]

    def __str__(self) -> str:
        return self.display_name or self.username

    def get_full_name(self) -> str:
        return self.display_name

    def get_short_name(self) -> str:
        return self.display_name

    def role_keys(self) -> frozenset[str]:
        """The keys of this person's roles; read once per instance, that is once per request."""
        known: frozenset[str] | None = self.__dict__.get("_role_keys")
        if known is None:
            with connection.cursor() as cursor:
                cursor.execute(ROLE_KEYS, [self.pk])
                known = frozenset(key for (key,) in cursor.fetchall())
            self.__dict__["_role_keys"] = known
        return known

    def has_role(self, *keys: str) -> bool:
        """Whether the person has one of these roles."""
        return not self.role_keys().isdisjoint(keys)

    def wants(self, kind: str, channel: str) -> bool:
        """Whether to be told of this kind of thing by this channel; in the app: yes, by mail: no, until set."""
        chosen = self.notifications.get(kind, {})
        return bool(chosen.get(channel, channel == "app"))

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the blind indexes with what they index, and usernames in small letters."""
        self.username = self.username.strip().lower()
        self.phone = phone_e164(self.phone) or self.phone.strip()
        self.email = self.email.strip()
        self.phone_index = blind_index(self.phone, "phone")
        self.email_index = blind_index(self.email, "email")
        fields = kwargs.get("update_fields")
        if fields is not None:
            extra = {f"{name}_index" for name in ("phone", "email") if name in fields}
            kwargs["update_fields"] = {*fields, *extra}
        super().save(*args, **kwargs)


class Skill(models.Model):
    """A person is good at a category; assignment prefers a higher level and passes over what is out of use."""

    class Level(models.IntegerChoices):
        CAN = 1, _("会处理")
        WELL = 2, _("熟练")
        EXPERT = 3, _("专家")

    person = models.ForeignKey(Person, models.CASCADE, related_name="skill_rows", verbose_name=_("人员"))
    category = models.ForeignKey("catalog.Category", models.CASCADE, related_name="+", verbose_name=_("分类"))
    level = models.PositiveSmallIntegerField(_("熟练度"), choices=Level.choices, default=Level.CAN)
    is_active = models.BooleanField(_("启用"), default=True, db_default=True)

    class Meta:
        verbose_name = _("技能")
        constraints = [models.UniqueConstraint(fields=["person", "category"], name="parties_skill_once")]

    def __str__(self) -> str:
        return f"{self.person} · {self.category}"


class Absence(models.Model):
    """Someone is away from ``starts_at`` until before ``ends_at``; the delegate stands in for them."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="absences", verbose_name=_("缺勤人"))
    starts_at = models.DateTimeField(_("开始"))
    ends_at = models.DateTimeField(_("结束"))
    delegate = models.ForeignKey(
        Person, models.SET_NULL, null=True, blank=True, related_name="stands_in", verbose_name=_("代理人")
    )
    note = models.CharField(_("说明"), max_length=120, blank=True)

    class Meta:
        ordering = ["starts_at", "id"]
        verbose_name = _("缺勤")
        verbose_name_plural = _("缺勤")
        indexes = [models.Index(fields=["ends_at", "starts_at"], name="parties_absence_now")]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="parties_absence_order"),
            models.CheckConstraint(
                condition=Q(delegate__isnull=True) | ~Q(delegate=F("person")), name="parties_absence_other"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.starts_at:%Y-%m-%d}"

    def clean(self) -> None:
        """Refuse an end before its start, oneself as delegate, and a delegate who may only read."""
        if self.starts_at and self.ends_at and self.ends_at <= self.starts_at:
            raise ValidationError({"ends_at": _("结束要晚于开始。")})
        if self.delegate is not None:
            if self.delegate.pk == self.person_id:
                raise ValidationError({"delegate": _("代理人要是另一个人。")})
            if not self.delegate.is_active:
                raise ValidationError({"delegate": _("代理人已经离职。")})
            if not self.delegate.roles.filter(reads_only=False).exists():
                raise ValidationError({"delegate": _("代理人只有查看权限，不能代办。")})

    @staticmethod
    def running(at: datetime) -> Q:
        """The condition for absences that run at this moment."""
        return Q(starts_at__lte=at, ends_at__gt=at)


class ApiToken(models.Model):
    """A secret by which a program acts as a person; only its hash is kept, so it is shown once."""

    SCOPES = ("read", "write", "admin")

    person = models.ForeignKey(Person, models.CASCADE, related_name="api_tokens")
    name = models.CharField(_("名称"), max_length=60)
    hash = models.CharField(max_length=64, unique=True, editable=False)
    hint = models.CharField(max_length=12, editable=False)
    scopes = models.JSONField(_("权限范围"), default=list)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    expires_at = models.DateTimeField(_("有效期至"), null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True, editable=False)
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["-created_at", "-id"]
        verbose_name = _("接口令牌")
        verbose_name_plural = _("接口令牌")

    def __str__(self) -> str:
        return self.name

    def is_live(self, at: datetime) -> bool:
        """Whether the token opens anything at this moment."""
        return self.revoked_at is None and (self.expires_at is None or self.expires_at > at)


class OneTimeLink(models.Model):
    """A signed link that works once: it is spent by the row update that finds ``used_at`` still empty."""

    nonce = models.CharField(max_length=64, unique=True)
    purpose = models.CharField(max_length=40)
    created_at = models.DateTimeField(default=clock.now)
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.purpose

    @classmethod
    def spend(cls, *, nonce: str, purpose: str, now: datetime) -> bool:
        """Use the link up; True for exactly one caller, however many come at once."""
        free = cls.objects.filter(nonce=nonce, purpose=purpose, used_at__isnull=True)
        return free.update(used_at=now) == 1
