"""The texts of the books that ruled, so that a kept ruling can be worked out again after their files have changed."""

from django.db import migrations, models

from tuoshan import clock


class Migration(migrations.Migration):
    dependencies = [("rulings", "0005_book_effect")]

    operations = [
        migrations.AddField("keptruling", "beside", models.TextField(db_default="", default="")),
        migrations.CreateModel(
            name="BookText",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("hash", models.CharField(max_length=64)),
                ("shared", models.CharField(default="", max_length=64)),
                ("name", models.CharField(max_length=60)),
                ("text", models.TextField()),
                ("tables", models.TextField(default="{}", help_text="file name → CSV, as JSON")),
                ("kept_at", models.DateTimeField(default=clock.now)),
            ],
            options={
                "verbose_name": "规则包原文",
                "verbose_name_plural": "规则包原文",
                "db_table": "rulings_book_text",
                "constraints": [models.UniqueConstraint(fields=("hash", "shared"), name="rulings_book_text_once")],
            },
        ),
    ]
