"""What gave up and waits for a person; and whether the workers live and keep up."""

from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy

from tuoshan.agenda.models import Item, Worker
from tuoshan.agenda.worker import DEAD_AFTER, KINDS

MOST_RETRIED = 1000
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
}


def title_of(item: Item) -> str:
    """What the item would do, in words; its own name where no words are known."""
    return str(TITLES.get((item.kind, item.name), f"{item.kind} {item.name}"))


def lag(now: datetime) -> timedelta:
    """How long the oldest item that is due has been waiting; zero when nothing waits."""
    oldest = now
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
