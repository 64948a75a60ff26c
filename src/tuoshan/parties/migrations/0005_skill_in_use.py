"""A skill can be out of use for a while.

The database fills the column by itself, so that a web process of the version before may go on writing.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalog", "0001_initial"), ("parties", "0004_change_titles_in_english")]

    operations = [
        migrations.AddField(
            model_name="skill",
            name="is_active",
            field=models.BooleanField(db_default=True, default=True, verbose_name="启用"),
        ),
        migrations.AlterModelOptions(name="skill", options={"verbose_name": "技能"}),
        migrations.AlterField(
            model_name="skill",
            name="category",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="catalog.category",
                verbose_name="分类",
            ),
        ),
        migrations.AlterField(
            model_name="skill",
            name="level",
            field=models.PositiveSmallIntegerField(
                choices=[(1, "会处理"), (2, "熟练"), (3, "专家")], default=1, verbose_name="熟练度"
            ),
        ),
        migrations.AlterField(
            model_name="skill",
            name="person",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="skill_rows",
                to=settings.AUTH_USER_MODEL,
                verbose_name="人员",
            ),
        ),
    ]
