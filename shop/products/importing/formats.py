"""Which formats there are, and how to tell them apart."""

from collections.abc import Callable, Mapping

from shop.products.importing import csv_table, nexus_csv, nexus_json, shopify
from shop.products.importing.catalogue import BrokenFile, Items
from shop.products.importing.source import Source

Reader = Callable[[Source], Items]
FORMATS: Mapping[str, Reader] = {
    "shopify": shopify.read,
    "nexus-csv": nexus_csv.read,
    "nexus-json": nexus_json.read,
}


def detect(source: Source) -> str:
    """The name of the file's format, by its first line. Raises `BrokenFile` when it is none."""
    line = source.first_line()
    if line.lstrip().startswith("{"):
        return "nexus-json"
    columns = {shopify.ALIASES.get(name, name) for name in csv_table.columns(line)}
    # A file that names only some of the columns is told later which ones it lacks.
    if {"handle", "title"} <= columns or {"title", "variant price"} <= columns:
        return "shopify"
    if {"handle", "name"} <= columns or {"name", "price"} <= columns:
        return "nexus-csv"
    if any(word in line.lower() for word in ("handle", "title", "name")):
        csv_table.check_delimiter(line)
    raise BrokenFile(
        "The first line is neither a Shopify header (Handle, Title, …) nor a nexus-csv header "
        "(handle, name, price, …) nor a JSON object. Name the format to see more."
    )
