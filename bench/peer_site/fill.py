"""Fill the peer with tickets, or escalate; run by the peer's own interpreter. The last line printed is JSON."""

import json
import os
import sys
import time
from datetime import timedelta

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.peer_site.settings")
import django

django.setup()

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.contrib.auth.models import User  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402
from helpdesk.models import Queue, Ticket  # noqa: E402
from helpdesk.query import query_to_base64  # noqa: E402

DUE = "due"


def fill(tickets: int, texts: list[str]) -> dict[str, object]:
    """A queue of open tickets that does not escalate; a session of a member of staff."""
    call_command("migrate", verbosity=0, interactive=False)
    call_command("loaddata", "emailtemplate.json", verbosity=0)
    staff = User.objects.create_superuser("staff", "staff@maijing.example", None)
    queue = Queue.objects.create(title="投诉", slug="complaints", allow_public_submission=True)
    Queue.objects.create(title="到期", slug=DUE, escalate_days=1)
    now = timezone.now()
    connection.cursor().execute("PRAGMA synchronous=OFF")
    for start in range(0, tickets, 1_000):
        Ticket.objects.bulk_create(
            Ticket(
                queue=queue, title=texts[number % len(texts)][:40], description=texts[number % len(texts)],
                submitter_email=f"customer{number % 500}@maijing.example", assigned_to=staff if number % 2 else None,
                status=1, priority=3, created=now - timedelta(minutes=tickets - number), modified=now,
            )
            for number in range(start, min(start + 1_000, tickets))
        )  # fmt: skip
    connection.cursor().execute("ANALYZE")
    session = SessionStore()
    session[SESSION_KEY] = str(staff.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = staff.get_session_auth_hash()
    session.save()
    plain = {"filtering": {"status__in": [1, 2]}, "filtering_null": {}, "sorting": "created", "sortreverse": True}
    return {
        "session": session.session_key, "queue": queue.pk,
        "ids": list(Ticket.objects.values_list("id", flat=True)[:200]),
        "list": query_to_base64({**plain, "search_string": ""}),
        "search": query_to_base64({**plain, "search_string": "退货"}),
    }  # fmt: skip


def escalate(tickets: int, texts: list[str]) -> dict[str, object]:
    """So many tickets that are due, escalated by the peer's own command."""
    queue = Queue.objects.get(slug=DUE)
    old = timezone.now() - timedelta(days=9)
    Ticket.objects.bulk_create(
        [
            Ticket(
                queue=queue, title=texts[number % len(texts)][:40], description=texts[number % len(texts)],
                submitter_email=f"customer{number % 500}@maijing.example", status=1, priority=3,
                created=old, modified=old,
            )
            for number in range(tickets)
        ],
        batch_size=1_000,
    )  # fmt: skip
    Ticket.objects.filter(queue=queue).update(created=old, modified=old)
    start = time.perf_counter()
    call_command("escalate_tickets")
    seconds = time.perf_counter() - start
    done = Ticket.objects.filter(queue=queue, priority=2).count()
    return {"escalated": done, "seconds": seconds}


if __name__ == "__main__":
    what = {"fill": fill, "escalate": escalate}[sys.argv[1]]
    print(json.dumps(what(int(sys.argv[2]), json.loads(sys.stdin.read()))))
