"""A column that may be empty: it is added at once, however many commands there are."""

from django.db import migrations

import tuoshan.secrets


class Migration(migrations.Migration):
    dependencies = [("cases", "0016_no_drafts")]
    operations = [
        migrations.AddField("command", "answer", tuoshan.secrets.EncryptedTextField(null=True)),
    ]
