"""How cases reached us: what the channel tells of each, and the spreadsheets that brought many."""

from typing import Any

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tuoshan import identifiers
from tuoshan.secrets import EncryptedTextField


class Arrival(models.Model):
    """One row per case that was registered through `intake.registering`.

    `received_at` is when the customer's words reached the company (an e-mail of last night, the day a box was
    opened); the case itself begins when it is registered. `particulars` is JSON text: who called, who sent it,
    under which number the authority keeps it; it is personal, hence encrypted and emptied on erasure. `reply_due` is
    empty where the playbook has it as a fact, which a correction changes; cases of older versions have it here.
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


class ImportRun(models.Model):
    """One spreadsheet: where it lies, how its columns are read, how far it has come.

    The file is kept under DATA_DIR/imports until the import has ended and is old, or a customer is erased.
    `position` is the number of rows already handled and `place` where the next one begins; a killed worker goes
    on from there, and rows that it had taken are known again by their keys. `only` is column → value: rows that
    say something else are passed over. With an empty `playbook` the rows are orders. What the
    command line imported has no file here, and `person_id` 0 where it was told nobody. `refused` holds the bad rows,
    and what is to be said of rows that were taken (`taken`).
    """

    class Status(models.TextChoices):
        MAPPING = "mapping", _("待确认列")
        CHECKED = "checked", _("已试算")
        RUNNING = "running", _("导入中")
        DONE = "done", _("已完成")
        STOPPED = "stopped", _("已停止")
        FAILED = "failed", _("失败")

    id = models.BigIntegerField(primary_key=True, default=identifiers.next_id)
    person_id = models.BigIntegerField()
    file_name = models.CharField(max_length=200)
    stored_name = models.CharField(max_length=80)
    source = models.CharField(max_length=64)
    playbook = models.CharField(max_length=60, default="complaint")
    live = models.BooleanField(default=False)
    unit_id = models.BigIntegerField(null=True)
    columns: Any = models.JSONField(default=list)
    mapping: Any = models.JSONField(default=dict)
    only: Any = models.JSONField(default=dict)
    sample: Any = models.JSONField(default=list)
    status = models.CharField(max_length=10, choices=Status, default=Status.MAPPING)
    rows = models.IntegerField(default=0)
    position = models.IntegerField(default=0)
    place = models.BigIntegerField(default=0)
    taken = models.IntegerField(default=0)
    known = models.IntegerField(default=0)
    refused: Any = models.JSONField(default=list)
    problem = models.CharField(max_length=300, default="")
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "intake_import"
        indexes = [models.Index(fields=["-created_at"], name="intake_import_newest")]

    def __str__(self) -> str:
        return f"{self.file_name} {self.status}"

    @property
    def percent(self) -> int:
        """How far it has come, 0 to 100."""
        return min(100, round(100 * self.position / self.rows)) if self.rows else 0

    @property
    def passed_over(self) -> int:
        """Rows that the conditions left out, of those read so far."""
        read = self.rows if self.status == self.Status.CHECKED else self.position
        return max(0, read - self.taken - self.known - len(self.bad)) if self.only else 0

    @property
    def can_start(self) -> bool:
        """Whether it is ready to be begun, or gone on with, from its file."""
        return bool(self.stored_name) and self.status in (self.Status.CHECKED, self.Status.STOPPED)

    @property
    def of_orders(self) -> bool:
        """Whether the rows are orders and become no cases."""
        return not self.playbook

    @property
    def bad(self) -> list[dict[str, Any]]:
        """The rows that were not taken."""
        return [item for item in self.refused if not item.get("taken")]

    @property
    def remarks(self) -> list[dict[str, Any]]:
        """What was not taken over of rows that were taken."""
        return [item for item in self.refused if item.get("taken")]

    @property
    def problem_said(self) -> str:
        """Why it failed, in the language in force."""
        return gettext(self.problem) if self.problem else ""


class Imported(models.Model):
    """A case, and the import that made it. What was known already belongs to the import that made it then."""

    case_id = models.BigIntegerField(primary_key=True)
    run_id = models.BigIntegerField()

    class Meta:
        db_table = "intake_imported"
        indexes = [models.Index(fields=["run_id", "case_id"], name="intake_imported_run")]

    def __str__(self) -> str:
        return f"{self.run_id} {self.case_id}"
