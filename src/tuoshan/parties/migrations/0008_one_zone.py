"""The whole house keeps one time; a unit's own was never asked for."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("parties", "0007_made_by")]
    operations = [migrations.RemoveField(model_name="orgunit", name="zone")]
