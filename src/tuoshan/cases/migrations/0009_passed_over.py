"""Cases that a run could not reckon anew are kept with the run.

The database fills the columns by itself, so that a web process of the version before may go on writing.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0008_recomputation")]

    operations = [
        migrations.AddField("recomputation", "passed", models.IntegerField(db_default=0, default=0)),
        migrations.AddField("recomputation", "passed_over", models.TextField(db_default="[]", default="[]")),
    ]
