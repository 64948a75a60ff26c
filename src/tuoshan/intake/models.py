"""How a case reached us, beside the case: what its channel tells of it."""

from django.db import models

from tuoshan.intake.imports.models import ImportRun
from tuoshan.secrets import EncryptedTextField

__all__ = ["Arrival", "ImportRun"]


class Arrival(models.Model):
    """One row per case that was registered through `intake.registering`.

    `received_at` is when the customer's words reached the company (an e-mail of last night, the day a box was
    opened); the case itself begins when it is registered. `particulars` is JSON text: who called, who sent it,
    under which number the authority keeps it; it is personal, hence encrypted and emptied on erasure.
    `text_key` is a keyed hash of what was said, by which the very same words are found again.
    """

    case_id = models.BigIntegerField(primary_key=True)
    channel = models.CharField(max_length=30, default="")
    received_at = models.DateTimeField()
    reply_due = models.DateTimeField(null=True)
    order_no = models.CharField(max_length=64, default="")
    text_key = models.CharField(max_length=32, default="")
    particulars = EncryptedTextField(default="")

    class Meta:
        db_table = "intake_arrival"
        indexes = [
            models.Index(fields=["order_no"], condition=~models.Q(order_no=""), name="intake_arrival_order"),
            models.Index(fields=["text_key"], condition=~models.Q(text_key=""), name="intake_arrival_text"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.channel}"
