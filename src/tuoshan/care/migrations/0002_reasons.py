from typing import Any

from django.db import migrations

REASONS = (
    ("speed", "处理速度", "Speed"),
    ("attitude", "服务态度", "Manner"),
    ("result", "处理结果", "Result"),
    ("clear", "沟通是否清楚", "Clear words"),
    ("effort", "是否省心", "Little trouble"),
)


def plant(apps: Any, editor: Any) -> None:
    model = apps.get_model("care", "SurveyReason")
    for position, (key, zh, en) in enumerate(REASONS):
        model.objects.get_or_create(key=key, defaults={"title_zh": zh, "title_en": en, "position": position})


class Migration(migrations.Migration):
    dependencies = [("care", "0001_initial")]
    operations = [migrations.RunPython(plant, migrations.RunPython.noop)]
