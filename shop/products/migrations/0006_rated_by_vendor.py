from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("products", "0005_approval")]

    operations = [
        migrations.AddIndex(
            model_name="product",
            index=models.Index(
                condition=models.Q(("review_count__gt", 0)),
                fields=["vendor"],
                include=("average_rating", "review_count"),
                name="product_rated_by_vendor",
            ),
        ),
    ]
