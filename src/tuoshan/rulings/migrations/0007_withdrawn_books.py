"""A published version that has not begun may be withdrawn: by whom, when and why."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("rulings", "0006_book_texts")]

    operations = [
        migrations.AddField("publishedbook", "withdrawn_at", models.DateTimeField(null=True)),
        migrations.AddField("publishedbook", "withdrawn_by_id", models.BigIntegerField(null=True)),
        migrations.AddField(
            "publishedbook", "withdrawn_reason",
            models.TextField(blank=True, db_default="", default="", max_length=2000, verbose_name="撤回原因"),
        ),
    ]  # fmt: skip
