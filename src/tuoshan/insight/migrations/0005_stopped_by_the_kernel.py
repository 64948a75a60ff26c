"""The kernel itself says that an early end kept no clock, so no report looks for early ends any more."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("insight", "0004_gone")]

    operations = [migrations.RemoveIndex(model_name="casefigures", name="insight_gone")]
