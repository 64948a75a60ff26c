"""Rule books that the company published, rulings that were kept, and where somebody decided otherwise."""

from collections.abc import Sequence

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tuoshan import clock, identifiers
from tuoshan.cases.forms import words
from tuoshan.core.money import format_money
from tuoshan.core.policy.pack import REMEDIES
from tuoshan.secrets import EncryptedTextField


class PublishedBook(models.Model):
    """A version of a rule book that the company put in force; it counts from `begins` on, after all earlier ones.

    One that had not begun may have been withdrawn: it never counts, its number is not given again, and it stays, with
    who withdrew it when and why.
    """

    name = models.SlugField(_("规则包"), max_length=60)
    version = models.PositiveIntegerField(_("版本"))
    begins = models.DateField(_("生效日期"))
    text = models.TextField(_("内容"))
    tables = models.TextField(_("附表"), default="{}", help_text="file name → CSV, as JSON")
    hash = models.CharField(max_length=64)
    reason = models.TextField(_("修改原因"), max_length=2000)
    confirmed_by = models.CharField(_("法务确认人"), max_length=60)
    published_by_id = models.BigIntegerField()
    published_at = models.DateTimeField(default=clock.now)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by_id = models.BigIntegerField(null=True)
    withdrawn_reason = models.TextField(_("撤回原因"), max_length=2000, default="", db_default="", blank=True)

    class Meta:
        db_table = "rulings_published_book"
        ordering = ["name", "version"]
        verbose_name = _("已发布的规则包")
        verbose_name_plural = _("已发布的规则包")
        constraints = [models.UniqueConstraint(fields=["name", "version"], name="rulings_book_version")]

    def __str__(self) -> str:
        return f"{self.name}@{self.version}"


class CopiedBook(models.Model):
    """A copy of a rule book: its text and tables, and of which version it was made; one per book."""

    name = models.SlugField(_("规则包"), max_length=60, unique=True)
    text = models.TextField(_("内容"))
    tables = models.TextField(_("附表"), default="{}")
    based_on = models.CharField(max_length=64, help_text="hash of the version it was copied from")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name


class BookDraft(CopiedBook):
    """A copy of a rule book that is being changed; one per book, so that nobody's changes are lost beside another's."""

    changed_by_id = models.BigIntegerField()
    changed_at = models.DateTimeField(default=clock.now)

    class Meta:
        db_table = "rulings_book_draft"
        verbose_name = _("规则包草稿")
        verbose_name_plural = _("规则包草稿")


class DroppedDraft(CopiedBook):
    """The copy of a book that was thrown away last; it can be brought back until another one is thrown away or
    published."""

    dropped_by_id = models.BigIntegerField()
    dropped_at = models.DateTimeField(default=clock.now)

    class Meta:
        db_table = "rulings_dropped_draft"
        verbose_name = _("丢弃的规则包草稿")
        verbose_name_plural = _("丢弃的规则包草稿")


class BookText(models.Model):
    """What a rule book said when it ruled, kept once: the product's own files change with it, kept rulings do not.

    `hash` is that of the book as rulings name it; `shared` the SHA-256 of the file of what books share, as it was then.
    That file stands here too, under its own SHA-256 and without `shared`.
    """

    hash = models.CharField(max_length=64)
    shared = models.CharField(max_length=64, default="")
    name = models.CharField(max_length=60)
    text = models.TextField()
    tables = models.TextField(default="{}", help_text="file name → CSV, as JSON")
    kept_at = models.DateTimeField(default=clock.now)

    class Meta:
        db_table = "rulings_book_text"
        verbose_name = _("规则包原文")
        verbose_name_plural = _("规则包原文")
        constraints = [models.UniqueConstraint(fields=["hash", "shared"], name="rulings_book_text_once")]

    def __str__(self) -> str:
        return self.name


class KeptRuling(models.Model):
    """A ruling frozen as evidence: facts, the very versions, and what they answered. Never changed afterwards.

    `facts` and `result` are canonical JSON; `digest` is the SHA-256 of both. `session` holds together what was ruled
    on one bench; `line` counts within it, or within the case. `quantity` pieces are alike; `chosen` is the remedy that
    was picked on the bench, empty where none was. `packs` names the versions that ruled; `beside` those of which it was
    not known whether they speak, each with the dates that it had then (empty: kept before this was written down).
    """

    id = models.BigIntegerField(primary_key=True, default=identifiers.next_id)
    case_id = models.BigIntegerField(null=True)
    session = models.CharField(max_length=40, default="")
    line = models.PositiveSmallIntegerField(default=1)
    label = EncryptedTextField(_("物品"), default="", blank=True)
    quantity = models.PositiveSmallIntegerField(_("物品件数"), default=1)
    chosen = models.CharField(_("所选方案"), max_length=20, default="", blank=True)
    facts = models.TextField()
    packs = models.TextField()
    beside = models.TextField(default="", db_default="")
    result = models.TextField()
    asked_on = models.DateField(null=True, help_text="the day on which it was asked; `result` names it too")
    digest = models.CharField(max_length=64)
    verdict_zh = models.TextField()
    verdict_en = models.TextField()
    open_questions = models.PositiveSmallIntegerField(default=0)
    provisional = models.BooleanField(default=False)
    kept_by_id = models.BigIntegerField()
    kept_at = models.DateTimeField(default=clock.now)
    bench: "Sequence[KeptRuling] | None" = None
    """The lines that were ruled on with it, itself among them, where these were read with it; no column."""

    class Meta:
        db_table = "rulings_kept"
        ordering = ["id"]
        verbose_name = _("裁定")
        verbose_name_plural = _("裁定")
        indexes = [
            models.Index(fields=["case_id", "id"], name="rulings_kept_case", condition=Q(case_id__isnull=False)),
            models.Index(fields=["session"], name="rulings_kept_session", condition=~Q(session="")),
            models.Index(fields=["kept_at"], name="rulings_kept_at"),
        ]

    def __str__(self) -> str:
        return self.verdict_zh


class Override(models.Model):
    """Somebody decided otherwise than a ruling: what was done instead, why, and who stands for it."""

    ruling = models.ForeignKey(KeptRuling, models.PROTECT, related_name="overrides")
    case_id = models.BigIntegerField(db_index=True)
    remedy = models.CharField(_("改为"), max_length=20)
    amount = models.DecimalField(_("金额"), max_digits=12, decimal_places=2, null=True)
    reason = EncryptedTextField(_("理由"))
    below_law = models.BooleanField(_("低于法定"), default=False)
    made_by_id = models.BigIntegerField()
    made_at = models.DateTimeField(default=clock.now, db_index=True)

    class Meta:
        db_table = "rulings_override"
        ordering = ["id"]
        verbose_name = _("不按裁定处理")
        verbose_name_plural = _("不按裁定处理")

    def __str__(self) -> str:
        amount = "" if self.amount is None else format_money(self.amount)
        return f"{self.title} {amount}".strip()

    @property
    def title(self) -> str:
        """What is done instead, in the language in force."""
        known = REMEDIES.get(self.remedy)
        return words(known) if known is not None else str(_("不予支持"))


class BookEffect(models.Model):
    """What the copy of a book would change: past rulings and open cases that have none, looked at some at a time.

    `key` tells of which copy, beside which books; `counts` is what came of it so far, as JSON. There is one a book.
    It goes on with rulings before `before_ruling` (none: the newest), then with open cases behind `after_case` (none:
    it is at the rulings). Of earlier cases about an order it knows those that who asked for it may see. `total` are
    the kept rulings and open cases when it began.
    """

    id = models.BigIntegerField(primary_key=True, default=identifiers.next_id)
    name = models.SlugField(_("规则包"), max_length=60, unique=True)
    key = models.CharField(max_length=64)
    person_id = models.BigIntegerField()
    begun_at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True)
    total = models.IntegerField(default=0)
    looked = models.IntegerField(default=0)
    before_ruling = models.BigIntegerField(null=True)
    after_case = models.BigIntegerField(null=True)
    counts = models.TextField(default="{}")

    class Meta:
        db_table = "rulings_book_effect"
        verbose_name = _("规则包修改的影响")
        verbose_name_plural = _("规则包修改的影响")

    def __str__(self) -> str:
        return f"{self.name} {self.looked}/{self.total}"

    @property
    def percent(self) -> int:
        """How far it has come, 0 to 100."""
        return min(100, round(100 * self.looked / self.total)) if self.total else 0


class BookEffectLine(models.Model):
    """A line of a case that the copy would answer otherwise: its kept ruling, or the case where it has none.

    `told` is JSON: `changes`, a list of sentences, and both verdicts, each in both languages. Costs are of all pieces.
    `goes_by` is its own day by which a version of the book would be chosen, such as that of the sale; none where it is
    not known, or where the book goes by the day of asking.
    """

    id = models.BigIntegerField(primary_key=True, default=identifiers.next_id)
    effect_id = models.BigIntegerField()
    ruling_id = models.BigIntegerField(null=True)
    case_id = models.BigIntegerField(null=True)
    is_open = models.BooleanField()
    in_quarter = models.BooleanField()
    goes_by = models.DateField(null=True)
    told = models.TextField()
    cost_before = models.DecimalField(max_digits=14, decimal_places=2)
    cost_after = models.DecimalField(max_digits=14, decimal_places=2)

    class Meta:
        db_table = "rulings_book_effect_line"
        indexes = [
            models.Index(fields=["effect_id", "is_open", "id"], name="rulings_effect_open"),
            models.Index(fields=["effect_id", "in_quarter", "id"], name="rulings_effect_quarter"),
        ]
        verbose_name = _("会变的工单")
        verbose_name_plural = _("会变的工单")

    def __str__(self) -> str:
        return f"{self.effect_id}/{self.ruling_id or self.case_id}"
