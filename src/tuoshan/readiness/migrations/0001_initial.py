from django.db import migrations, models

import tuoshan.secrets


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel(
            name="KeyProof",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=10)),
                ("mark", models.CharField(max_length=64)),
                ("token", tuoshan.secrets.EncryptedTextField(default="")),
            ],
            options={
                "db_table": "readiness_keyproof",
                "constraints": [models.UniqueConstraint(fields=("kind", "mark"), name="readiness_keyproof_mark")],
            },
        ),
    ]
