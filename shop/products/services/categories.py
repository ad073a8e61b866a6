"""The tree of categories."""

from collections.abc import Mapping
from typing import Any

from django.core.files.base import File
from django.db import connection, transaction

from shop.core.errors import NotFound
from shop.core.events import publish
from shop.core.transactions import atomic
from shop.products import images
from shop.products.errors import CategoryCycle, CategoryInUse
from shop.products.events import CategoryChanged
from shop.products.html import sanitize
from shop.products.models import Category, Product
from shop.products.services.conflicts import naming_conflicts
from shop.products.services.locks import keep_category, lock_tree
from shop.products.services.slugs import insert_with_slug, redirect_slug

_CHANGEABLE = {"name", "slug", "parent", "description", "image", "position"}
_FOLDER = "category"


def create_category(
    *,
    name: str,
    slug: str | None = None,
    parent: Category | None = None,
    description: str = "",
    image: File | None = None,  # type: ignore[type-arg]  # not generic at run time
    position: int = 0,
) -> Category:
    """A new node of the tree, at the top without `parent`.

    `description` is HTML and sanitized; `image` is an upload. Raises `SlugTaken`,
    `ImageNotAcceptable`, `CategoryIsGone`.
    """
    picture = images.prepare(image) if image else None
    with images.stored(picture, folder=_FOLDER) as file, transaction.atomic():
        keep_category(parent)
        category = Category(
            name=name,
            parent=parent,
            description=sanitize(description),
            image=file,
            position=position,
        )
        insert_with_slug(row=category, slug=slug)
        publish(CategoryChanged(category_id=category.pk))
    return category


def update_category(*, category: Category, changes: Mapping[str, Any]) -> Category:
    """Set the named fields, as `create_category` takes them; another `parent` moves the subtree.

    A changed slug leaves a redirect; `image=None` takes the image away. Raises
    `CategoryCycle`, `SlugTaken`, `ImageNotAcceptable`, `CategoryIsGone`.
    """
    if unknown := changes.keys() - _CHANGEABLE:
        raise TypeError(f"categories have no {unknown}")
    upload = changes.get("image")
    picture = images.prepare(upload) if upload else None
    with images.stored(picture, folder=_FOLDER) as file, transaction.atomic():
        values = dict(changes) | ({"image": file} if "image" in changes else {})
        return _write(category.pk, values)


@atomic
def delete_category(*, category: Category) -> None:
    """Raises `CategoryInUse` while it has products or subcategories, whatever their status."""
    # Waits for those who put something in at this moment (keep_category), then looks.
    locked = Category.objects.select_for_update().filter(pk=category.pk).first()
    if locked is None:
        raise NotFound
    if (
        Category.objects.filter(parent=locked).exists()
        or Product.objects.filter(category=locked).exists()
    ):
        raise CategoryInUse
    file = locked.image.name or ""
    publish(CategoryChanged(category_id=locked.pk))
    locked.delete()
    transaction.on_commit(lambda: images.remove(file))


def _write(category_id: int, values: dict[str, Any]) -> Category:
    if "parent" in values:
        lock_tree()
        keep_category(values["parent"])
    category = Category.objects.select_for_update(no_key=True).filter(pk=category_id).first()
    if category is None:
        raise NotFound
    if values.get("parent") is not None:
        _refuse_cycle(category, values["parent"])
    old_slug, old_file = category.slug, category.image.name or ""
    if "description" in values:
        values["description"] = sanitize(values["description"])
    for field, value in values.items():
        setattr(category, field, value)
    with naming_conflicts():
        category.save(update_fields=[*values, "updated_at"])
    if category.slug != old_slug:
        redirect_slug(row=category, old=old_slug)
    if "image" in values:
        transaction.on_commit(lambda: images.remove(old_file))
    publish(CategoryChanged(category_id=category.pk))
    return category


def _refuse_cycle(category: Category, parent: Category) -> None:
    table = Category._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH RECURSIVE above (id, parent_id) AS (
                SELECT id, parent_id FROM {table} WHERE id = %s
                UNION
                SELECT upper.id, upper.parent_id
                FROM {table} AS upper JOIN above ON upper.id = above.parent_id
            )
            SELECT 1 FROM above WHERE id = %s
            """,  # noqa: S608 (the table's name comes from the model)
            [parent.pk, category.pk],
        )
        if cursor.fetchone():
            raise CategoryCycle(attr="parent")
