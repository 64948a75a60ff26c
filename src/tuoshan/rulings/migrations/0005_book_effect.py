"""What the copy of a rule book would change is looked at some at a time and kept case by case."""

from django.db import migrations, models

import tuoshan.clock
import tuoshan.identifiers


class Migration(migrations.Migration):
    dependencies = [("rulings", "0004_departures")]

    operations = [
        migrations.CreateModel(
            name="BookEffect",
            fields=[
                ("id", models.BigIntegerField(default=tuoshan.identifiers.next_id, primary_key=True, serialize=False)),
                ("name", models.SlugField(max_length=60, unique=True, verbose_name="规则包")),
                ("key", models.CharField(max_length=64)),
                ("person_id", models.BigIntegerField()),
                ("begun_at", models.DateTimeField(default=tuoshan.clock.now)),
                ("ended_at", models.DateTimeField(null=True)),
                ("total", models.IntegerField(default=0)),
                ("looked", models.IntegerField(default=0)),
                ("before_ruling", models.BigIntegerField(null=True)),
                ("after_case", models.BigIntegerField(null=True)),
                ("counts", models.TextField(default="{}")),
            ],
            options={
                "verbose_name": "规则包修改的影响",
                "verbose_name_plural": "规则包修改的影响",
                "db_table": "rulings_book_effect",
            },
        ),
        migrations.CreateModel(
            name="BookEffectLine",
            fields=[
                ("id", models.BigIntegerField(default=tuoshan.identifiers.next_id, primary_key=True, serialize=False)),
                ("effect_id", models.BigIntegerField()),
                ("ruling_id", models.BigIntegerField(null=True)),
                ("case_id", models.BigIntegerField(null=True)),
                ("is_open", models.BooleanField()),
                ("in_quarter", models.BooleanField()),
                ("told", models.TextField()),
                ("cost_before", models.DecimalField(decimal_places=2, max_digits=14)),
                ("cost_after", models.DecimalField(decimal_places=2, max_digits=14)),
            ],
            options={
                "verbose_name": "会变的工单",
                "verbose_name_plural": "会变的工单",
                "db_table": "rulings_book_effect_line",
                "indexes": [
                    models.Index(fields=["effect_id", "is_open", "id"], name="rulings_effect_open"),
                    models.Index(fields=["effect_id", "in_quarter", "id"], name="rulings_effect_quarter"),
                ],
            },
        ),
    ]
