"""What categories, lines of products and shops are to the rule books becomes the company's own data."""

from django.db import migrations, models

from tuoshan.catalog import seeds


def plant(apps, schema_editor):
    seeds.plant_meanings(apps)


class Migration(migrations.Migration):
    dependencies = [("catalog", "0004_product_in_use")]

    operations = [
        migrations.CreateModel(
            name="ProductLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60, unique=True, verbose_name="品类")),
                ("goods", models.SlugField(blank=True, max_length=40, verbose_name="规则包里的商品类别")),
                ("is_installed", models.BooleanField(default=False, verbose_name="签收后还要安装")),
            ],
            options={"verbose_name": "品类", "verbose_name_plural": "品类", "ordering": ["name"]},
        ),
        migrations.CreateModel(
            name="Shop",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(
                    help_text="全名，或名称里的几个字，例如：天猫", max_length=60, unique=True, verbose_name="店铺"
                )),
                ("platform", models.SlugField(blank=True, max_length=40, verbose_name="规则包里的平台")),
            ],
            options={"verbose_name": "店铺", "verbose_name_plural": "店铺", "ordering": ["name"]},
        ),
        migrations.AddField(
            model_name="category",
            name="problem",
            field=models.SlugField(blank=True, max_length=40, verbose_name="规则包里的问题"),
        ),
        migrations.RunPython(plant, migrations.RunPython.noop, elidable=False),
    ]  # fmt: skip
