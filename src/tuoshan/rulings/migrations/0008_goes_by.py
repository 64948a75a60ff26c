"""Of each line that a copy would change, the day by which a version of the book would be chosen for it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("rulings", "0007_withdrawn_books")]

    operations = [migrations.AddField("bookeffectline", "goes_by", models.DateField(null=True))]
