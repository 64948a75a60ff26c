"""Runs that bring open cases over to another version of their playbook."""

import django.db.models.fields.composite
from django.db import migrations, models

import tuoshan.identifiers


class Migration(migrations.Migration):
    dependencies = [("cases", "0011_urgent_by_grade")]

    operations = [
        migrations.CreateModel(
            name="MigrationRun",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        default=tuoshan.identifiers.next_id, primary_key=True, serialize=False
                    ),
                ),
                ("playbook", models.CharField(max_length=60)),
                ("from_hash", models.CharField(default="", max_length=64)),
                ("to_hash", models.CharField(max_length=64)),
                ("states", models.JSONField(default=dict)),
                ("tasks", models.JSONField(default=dict)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("trying", "试算中"),
                            ("tried", "已试算"),
                            ("running", "换版中"),
                            ("done", "已完成"),
                            ("stopped", "已停止"),
                        ],
                        max_length=10,
                    ),
                ),
                ("person_id", models.BigIntegerField()),
                ("asked_at", models.DateTimeField()),
                ("started_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("total", models.IntegerField(default=0)),
                ("after_id", models.BigIntegerField(default=0)),
                ("moved", models.IntegerField(default=0)),
                ("clocks", models.IntegerField(default=0)),
                ("stayed", models.IntegerField(default=0)),
            ],
            options={
                "db_table": "cases_migration_run",
                "indexes": [
                    models.Index(fields=["playbook", "-asked_at", "-id"], name="cases_migration_run_newest")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("status__in", ("trying", "running"))),
                        fields=("playbook",),
                        name="cases_migration_run_one",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="StayedCase",
            fields=[
                (
                    "pk",
                    django.db.models.fields.composite.CompositePrimaryKey(
                        "run_id", "case_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("run_id", models.BigIntegerField()),
                ("case_id", models.BigIntegerField()),
                ("because", models.CharField(max_length=60)),
                ("lost", models.JSONField(default=dict)),
            ],
            options={
                "db_table": "cases_migration_stayed",
                "indexes": [
                    models.Index(fields=["run_id", "because", "case_id"], name="cases_migration_stayed_why")
                ],
            },
        ),
    ]
