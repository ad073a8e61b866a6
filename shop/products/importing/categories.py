"""Paths of category names become rows of the shop's tree; what is missing is made."""

import hashlib

from django.utils.text import slugify

from shop.core.events import publish
from shop.products.events import CategoryChanged
from shop.products.importing.catalogue import CategoryPath, CategoryStep
from shop.products.models import Category

FALLBACK: CategoryPath = (CategoryStep("Uncategorized"),)
_LONGEST_SLUG = 150
_ROOM_FOR_SUFFIX = 10


class CategoryTree:
    """The shop's categories in memory. After a rollback, `forget()` what was made in vain.

    A step with a slug is the category of that slug, wherever it stands by now; without
    one it is the child of that name. Known categories are left as they are.
    """

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        self._is_loaded = False
        self._by_slug: dict[str, int] = {}
        self._by_name: dict[tuple[int | None, str], int] = {}
        self._made: set[str] = set()

    def _load(self) -> None:
        self._is_loaded = True
        for row in Category.objects.order_by("-id").values_list("id", "parent_id", "name", "slug"):
            self._remember(*row)

    def known(self, path: CategoryPath) -> int | None:
        """The id of the last step, when all of them are there."""
        if not self._is_loaded:
            self._load()
        found: int | None = None
        for step in path:
            found = self._find(found, step)
            if found is None:
                return None
        return found

    def id_of(self, path: CategoryPath) -> int:
        """The id of the last step; makes, inside the caller's transaction, the steps that lack."""
        if not self._is_loaded:
            self._load()
        parent: int | None = None
        for step in path:
            found = self._find(parent, step)
            parent = self._make(parent, step) if found is None else found
        if parent is None:
            raise ValueError("a path has at least one step")
        return parent

    def take_made(self) -> set[str]:
        """The slugs of the categories made since the last call."""
        made, self._made = self._made, set()
        return made

    def _find(self, parent: int | None, step: CategoryStep) -> int | None:
        if step.slug:
            return self._by_slug.get(step.slug)
        found = self._by_name.get((parent, _key(step.name)))
        # The first step may have been moved deeper since an earlier import.
        return self._by_slug.get(slugify(step.name)) if found is None and parent is None else found

    def _make(self, parent: int | None, step: CategoryStep) -> int:
        slug = step.slug or self._free_slug(parent, step.name)
        category = Category.objects.create(parent_id=parent, name=step.name, slug=slug)
        publish(CategoryChanged(category_id=category.pk))
        self._remember(category.pk, parent, step.name, slug)
        self._made.add(slug)
        return category.pk

    def _remember(self, pk: int, parent: int | None, name: str, slug: str) -> None:
        self._by_slug[slug] = pk
        self._by_name[parent, _key(name)] = pk

    def _free_slug(self, parent: int | None, name: str) -> str:
        """ "chairs", else "outdoor-chairs", else "outdoor-chairs-2" and so on."""
        own = _slug(name)
        if own not in self._by_slug:
            return own
        above = next((slug for slug, pk in self._by_slug.items() if pk == parent), "category")
        base = f"{above}-{own}"[: _LONGEST_SLUG - _ROOM_FOR_SUFFIX]
        slug, number = base, 1
        while slug in self._by_slug:
            number += 1
            slug = f"{base}-{number}"
        return slug


def _key(name: str) -> str:
    return " ".join(name.split()).casefold()


def _slug(name: str) -> str:
    slug = slugify(name)[: _LONGEST_SLUG - _ROOM_FOR_SUFFIX]
    if not slug:
        return f"category-{hashlib.sha256(name.encode()).hexdigest()[:8]}"
    # All digits would be taken for an id.
    return f"category-{slug}" if slug.isdigit() else slug
