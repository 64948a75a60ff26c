"""The copy of a rule book that was thrown away last, so that it can be brought back."""

from django.db import migrations, models

import tuoshan.clock


class Migration(migrations.Migration):
    dependencies = [("rulings", "0008_goes_by")]

    operations = [
        migrations.CreateModel(
            name="DroppedDraft",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.SlugField(max_length=60, unique=True, verbose_name="规则包")),
                ("text", models.TextField(verbose_name="内容")),
                ("tables", models.TextField(default="{}", verbose_name="附表")),
                ("based_on", models.CharField(help_text="hash of the version it was copied from", max_length=64)),
                ("dropped_by_id", models.BigIntegerField()),
                ("dropped_at", models.DateTimeField(default=tuoshan.clock.now)),
            ],
            options={
                "db_table": "rulings_dropped_draft",
                "verbose_name": "丢弃的规则包草稿",
                "verbose_name_plural": "丢弃的规则包草稿",
            },
        )
    ]
