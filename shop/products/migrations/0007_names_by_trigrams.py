from django.db import migrations

from shop.core.searching import by_trigrams


class Migration(migrations.Migration):
    dependencies = [("core", "0006_plain_text"), ("products", "0006_rated_by_vendor")]

    operations = [
        migrations.AddIndex(
            model_name="category", index=by_trigrams("name", name="category_name_trigrams")
        ),
        migrations.AddIndex(
            model_name="product", index=by_trigrams("name", name="product_name_trigrams")
        ),
    ]
