"""What gave up and waits for a person; and whether the workers live and keep up."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Literal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tuoshan.agenda import claiming
from tuoshan.agenda.models import Item, Worker
from tuoshan.agenda.turnstile import write_transaction
from tuoshan.agenda.worker import DEAD_AFTER, KINDS
from tuoshan.cases import service
from tuoshan.cases.models import Case

MOST_RETRIED = 1000
LONGEST_RETRY = timedelta(seconds=2 * claiming.LAST_RETRY_SECONDS)
TITLES = {
    ("effect", "tell"): gettext_lazy("发送通知"),
    ("effect", "send"): gettext_lazy("发送回复"),
    ("effect", "notify"): gettext_lazy("提醒同事"),
    ("effect", "print"): gettext_lazy("打印单据"),
    ("effect", "carry_out"): gettext_lazy("交办处理方案"),
    ("effect", "book"): gettext_lazy("登记责任费用"),
    ("effect", "mention"): gettext_lazy("提醒被提到的人"),
    ("effect", "customer_replied"): gettext_lazy("提醒客户来信"),
    ("effect", "approval"): gettext_lazy("提醒审批"),
    ("effect", "survey_answered"): gettext_lazy("记录满意度"),
    ("effect", "lesson_planned"): gettext_lazy("登记整改"),
    ("effect", "insight"): gettext_lazy("更新查找与报表"),
    ("effect", "adopt"): gettext_lazy("并单：接过承诺"),
    ("effect", "disown"): gettext_lazy("撤销并单：交回承诺"),
    ("wake", "case"): gettext_lazy("工单到时动作"),
    ("job", "import"): gettext_lazy("表格导入"),
    ("job", "rule_book_effect"): gettext_lazy("对照规则包的修改"),
}


def title_of(item: Item) -> str:
    """What the item would do, in words; its own name where no words are known."""
    return str(TITLES.get((item.kind, item.name), f"{item.kind} {item.name}"))


def lag(now: datetime) -> timedelta:
    """How long the oldest item that is due has been waiting; zero when nothing waits.

    One that failed waits for its next try, and since it was due: a worker that only fails has not kept up.
    """
    oldest = now
    failed = Item.objects.filter(
        done_at__isnull=True, parked_at__isnull=True, attempts__gt=0, lease_by="", due_at__lt=now,
        ready_at__gte=now, ready_at__lt=now + LONGEST_RETRY,
    )  # fmt: skip
    for kind in KINDS:
        first = failed.filter(kind=kind).order_by("due_at").values_list("due_at", flat=True).first()
        oldest = min(oldest, first or now)
    for kind in KINDS:
        waiting = Item.objects.filter(kind=kind, ready_at__lt=now, done_at__isnull=True, parked_at__isnull=True)
        first = waiting.order_by("ready_at").values_list("ready_at", flat=True).first()
        oldest = min(oldest, first or now)
    return now - oldest


def workers(now: datetime) -> list[dict[str, Any]]:
    rows = list(Worker.objects.order_by("-seen_at")[:50])
    leased = Item.objects.filter(lease_by__in=[row.name for row in rows if row.stopped_at is None])
    busy: dict[str, list[str]] = {}
    for item in leased.filter(done_at__isnull=True, parked_at__isnull=True, ready_at__gt=now)[:200]:
        busy.setdefault(item.lease_by, []).append(title_of(item))
    return [
        {
            "row": row,
            "state": "stopped" if row.stopped_at else "alive" if row.seen_at >= now - DEAD_AFTER else "lost",
            "busy": list(dict.fromkeys(busy.get(row.name, []))),
        }
        for row in rows
    ]


def retry(ids: Iterable[int] | None) -> int:
    """Put these, or with None all of them, back with all their attempts; how many were still parked."""
    wanted = list(claiming.parked().values_list("id", flat=True)[:MOST_RETRIED]) if ids is None else list(ids)
    return sum(claiming.retry(item_id) for item_id in wanted)


Dropped = Literal["gone", "wake", "no_reason", "done"]


def drop(person: Any, item_id: int, reason: str) -> tuple[Dropped, str]:
    """Give one item up, with a reason that stays with it and in its case; what came of it, and in words.

    What a case does by itself when its time comes is never given up: without it the case would stand still.
    """
    item = claiming.parked().filter(id=item_id).first()
    plain = reason.strip()[:500]
    if item is None:
        return "gone", _("这一项已经不在停住的任务里了")
    if item.kind == "wake":
        return "wake", _("工单的到时动作不能放弃，只能重试。")
    if not plain:
        return "no_reason", _("请写明放弃的原因。")
    said = _("“%(title)s”已放弃：%(reason)s") % {"title": title_of(item), "reason": plain}
    if claiming.drop(item.id):
        with write_transaction():
            Item.objects.filter(id=item.id).update(last_error=f"{person}: {plain}\n{item.last_error}"[:4000])
        if item.case_id and Case.objects.filter(id=item.case_id).exists():
            actor = service.ActingAs.by_person(person)
            service.note(case_id=item.case_id, actor=actor, text=said, idempotency_key=f"drop:{item.id}")
    return "done", said
