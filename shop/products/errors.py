"""Why the catalogue refuses."""

from shop.core.errors import Conflict, Invalid


class CategoryCycle(Conflict):
    code = "category_cycle"
    detail = "A category cannot stand below itself or below one of its own descendants."


class CategoryInUse(Conflict):
    code = "category_in_use"
    detail = "The category has products or subcategories. Move them first."


class CategoryIsGone(Invalid):
    """The category that a product or subcategory names was deleted at the same moment."""

    code = "does_not_exist"
    detail = "There is no such category."


class SlugTaken(Conflict):
    code = "slug_taken"
    detail = "Another one already has this slug."


class SlugIsNumber(Invalid):
    code = "invalid"
    detail = "A slug must not consist of digits only."


class SkuTaken(Conflict):
    code = "sku_taken"
    detail = "Another variant already has this SKU."


class DuplicateOptions(Conflict):
    code = "duplicate_options"
    detail = "Two variants of a product cannot have the same options."


class OptionsNotAcceptable(Invalid):
    code = "invalid_options"
    detail = "Options are up to three short names with short texts, such as {'size': 'M'}."


class HasVariants(Conflict):
    code = "has_variants"
    detail = "The product has several variants: give SKU and stock on each of them."


class LastVariant(Conflict):
    code = "last_variant"
    detail = "A product keeps at least one active variant."


class PriceNotAcceptable(Invalid):
    code = "invalid"
    detail = "A price cannot be negative."


class FileNotAcceptable(Invalid):
    """Not a catalogue, or a broken one: nothing of it was imported."""

    code = "file_not_acceptable"
    detail = "The file is empty."


class ImportTooLarge(Invalid):
    code = "import_too_large"
    detail = "At most 2,000 products with 10,000 variants fit into one request."


class ImportRunning(Conflict):
    code = "import_running"
    detail = "Another import of this vendor is running. Try again when it has ended."
    retry_after_seconds = 5


class NotSubmitted(Conflict):
    code = "not_submitted"
    detail = "This product does not wait for approval."
