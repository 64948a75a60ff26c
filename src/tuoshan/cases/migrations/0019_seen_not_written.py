"""That somebody has a case open is told; that they write in it never was."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("cases", "0018_running_clocks")]
    operations = [migrations.RemoveField(model_name="presence", name="is_writing")]
