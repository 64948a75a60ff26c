"""Cases of erased customers are told from cases that have no title; messages that reach nobody from sent ones."""

from typing import Any

from django.db import migrations, models

ERASED = "␡"


def mark(apps: Any, schema: Any) -> None:
    """The rows of joined customers are emptied as well, but their cases are somebody's."""
    gone = apps.get_model("parties", "Customer").objects.filter(erased_at__isnull=False, joined_into=None)
    cases = apps.get_model("cases", "Case").objects.filter(title="", customer_id__in=gone.values("pk"))
    cases.order_by().update(title=ERASED)


def unmark(apps: Any, schema: Any) -> None:
    apps.get_model("cases", "Case").objects.filter(title=ERASED).update(title="")


class Migration(migrations.Migration):
    dependencies = [("cases", "0019_seen_not_written"), ("parties", "0007_made_by")]

    operations = [
        migrations.AlterField(
            model_name="message",
            name="delivery",
            field=models.CharField(
                choices=[
                    ("none", "无需发送"),
                    ("pending", "待发送"),
                    ("sent", "已发送"),
                    ("failed", "发送失败"),
                    ("nobody", "无法送达"),
                ],
                default="none",
                max_length=10,
            ),
        ),
        migrations.RunPython(mark, unmark),
    ]
