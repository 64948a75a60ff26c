"""The cases about a product, in the order in which they came."""

from django.db import migrations, models

from tuoshan.cases.indexes import AddIndexBeside


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("cases", "0014_owed")]

    operations = [
        AddIndexBeside(
            model_name="case",
            index=models.Index(
                fields=["product_id", "created_at", "id"], condition=models.Q(("product_id__isnull", False)),
                name="cases_product",
            ),
        ),
    ]  # fmt: skip
