"""What was corrected in a customer's record; two columns that begin empty: joined into whom, how often links ended."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import tuoshan.clock
import tuoshan.secrets


class Migration(migrations.Migration):
    dependencies = [("parties", "0005_skill_in_use")]

    operations = [
        migrations.AddField(
            model_name="customer",
            name="contact_version",
            field=models.PositiveIntegerField(db_default=0, default=0, editable=False),
        ),
        migrations.AddField(
            model_name="customer",
            name="joined_into",
            field=models.ForeignKey(
                editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+",
                to="parties.customer",
            ),
        ),
        migrations.CreateModel(
            name="CustomerChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "action",
                    models.CharField(
                        choices=[("changed", "已更正"), ("joined", "已合并"), ("erased", "已删除个人信息")], max_length=8
                    ),
                ),
                ("content", tuoshan.secrets.EncryptedTextField(blank=True, default="")),
                ("at", models.DateTimeField(default=tuoshan.clock.now)),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="changes", to="parties.customer"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={"ordering": ["-at", "-id"]},
        ),
    ]  # fmt: skip
