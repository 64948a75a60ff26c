"""Settings tell in English too what was changed.

The database fills the column by itself, so that a web process of the version before may go on writing.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("parties", "0003_setting_changes")]

    operations = [
        migrations.AddField(
            model_name="settingchange",
            name="title_en",
            field=models.CharField(blank=True, db_default="", default="", max_length=160, verbose_name="英文名称"),
        ),
    ]
