"""What reports count by product is read in the index too; the narrower indexes go."""

from django.db import migrations, models

from tuoshan.cases.indexes import AddIndexBeside

COUNTED_BY = ("category_id", "playbook", "channel", "cause", "liable", "handler_id", "product_id")
NEW = (
    models.Index(fields=["created_at", "unit_id", *COUNTED_BY], name="insight_came"),
    models.Index(fields=["unit_id", "created_at", *COUNTED_BY], name="insight_unit_came"),
)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("insight", "0007_products_of_old")]

    operations = [
        *(AddIndexBeside(model_name="casefigures", index=index) for index in NEW),
        migrations.RemoveIndex(model_name="casefigures", name="insight_registered"),
        migrations.RemoveIndex(model_name="casefigures", name="insight_unit_registered"),
    ]
