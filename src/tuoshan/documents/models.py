"""Tables of the evidence."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from tuoshan.cases.evidence_kinds import TITLES
from tuoshan.identifiers import next_id
from tuoshan.secrets import EncryptedTextField


class Evidence(models.Model):
    """One file handed in. Its content lies in the store under `stored_hash`.

    `case_id` and `actor_id` are plain numbers, not foreign keys, so that all rows of a case can be kept together.
    A row without a case is a draft upload, held by the token whose hash it carries until it is bound or swept.
    """

    class Kind(models.TextChoices):
        PHOTO = "photo", TITLES["photo"]
        VIDEO = "video", TITLES["video"]
        RECEIPT = "receipt", TITLES["receipt"]
        CONTRACT = "contract", TITLES["contract"]
        REPORT = "report", TITLES["report"]
        TEST_REPORT = "test_report", TITLES["test_report"]
        FINDING = "finding", TITLES["finding"]
        AGREEMENT = "agreement", TITLES["agreement"]
        VOUCHER = "voucher", TITLES["voucher"]
        WAYBILL = "waybill", TITLES["waybill"]
        RECORDING = "recording", TITLES["recording"]
        PROOF = "proof", TITLES["proof"]
        LABEL = "label", TITLES["label"]
        SCREENSHOT = "screenshot", TITLES["screenshot"]
        QUOTE = "quote", TITLES["quote"]
        LETTER = "letter", TITLES["letter"]
        OTHER = "other", TITLES["other"]

    id = models.BigIntegerField(primary_key=True, default=next_id)
    case_id = models.BigIntegerField(null=True)
    upload_token_hash = models.CharField(max_length=64, blank=True, default="")
    kind = models.CharField(max_length=16, choices=Kind, default=Kind.OTHER)
    content_type = models.CharField(max_length=100)
    size = models.BigIntegerField(help_text="bytes of the stored content")
    stored_hash = models.CharField(max_length=64, help_text="SHA-256 of the stored content")
    original_hash = models.CharField(max_length=64, help_text="SHA-256 of what was sent")
    original_name = EncryptedTextField(blank=True, default="")
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=16)
    actor_id = models.BigIntegerField(null=True)
    visible_to_customer = models.BooleanField(default=False)
    supervisors_only = models.BooleanField(default=False)
    note = EncryptedTextField(blank=True, default="")
    removed_at = models.DateTimeField(null=True)
    erased_at = models.DateTimeField(null=True, help_text="when the content itself was destroyed")

    class Meta:
        verbose_name = _("凭证")
        indexes = [
            models.Index(fields=["case_id", "id"], name="documents_evidence_case"),
            models.Index(fields=["stored_hash"], name="documents_evidence_content"),
            models.Index(
                fields=["upload_token_hash"],
                name="documents_evidence_draft",
                condition=models.Q(case_id__isnull=True),
            ),
            models.Index(fields=["at"], name="documents_evidence_unbound", condition=models.Q(case_id__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"

    @property
    def family(self) -> str:
        """`image`, `video`, `audio` or `document`: how a page shows it."""
        first = self.content_type.partition("/")[0]
        return first if first in ("image", "video", "audio") else "document"


class UploadCount(models.Model):
    """How many uploads one source (a session or an address, hashed) tried within one hour."""

    source = models.CharField(max_length=64)
    hour = models.BigIntegerField(help_text="hours since 1970 UTC")
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "hour"], name="documents_upload_source_hour")]

    def __str__(self) -> str:
        return f"{self.source[:8]} {self.hour}: {self.count}"
