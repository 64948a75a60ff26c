"""What is typed and not sent stays in the browser; this table was never written."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("cases", "0015_by_product")]
    operations = [migrations.DeleteModel(name="Draft")]
