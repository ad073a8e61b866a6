"""The staff who decide about vendors; apps above add the rights to their own tables."""

from django.db import migrations

GROUP = "vendor managers"
RIGHTS = {
    "vendor": ("view", "add", "change"),
    "vendormember": ("view", "add", "change", "delete"),
    "vendorinvitation": ("view", "add", "change"),
    "vendorchange": ("view",),
}


def make_group(apps, schema_editor):
    group, _ = apps.get_model("auth", "Group").objects.get_or_create(name=GROUP)
    Permission = apps.get_model("auth", "Permission")
    for model, actions in RIGHTS.items():
        # Django makes these rows only after all migrations; it keeps the ones it finds.
        content_type, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
            app_label="vendors", model=model
        )
        verbose = apps.get_model("vendors", model)._meta.verbose_name
        for action in actions:
            permission, _ = Permission.objects.get_or_create(
                content_type=content_type,
                codename=f"{action}_{model}",
                defaults={"name": f"Can {action} {verbose}"},
            )
            group.permissions.add(permission)


def drop_group(apps, schema_editor):
    apps.get_model("auth", "Group").objects.filter(name=GROUP).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("vendors", "0007_name_once"),
        ("accounts", "0002_staff_groups"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(make_group, drop_group)]
