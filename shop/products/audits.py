"""The catalogue: what lists show of a product, and the tree of categories."""

from shop.core.audits import Statement

variants = Statement(
    "products.variants",
    """
    SELECT id, slug FROM products_product AS product
    WHERE NOT EXISTS (SELECT FROM products_variant AS variant WHERE variant.product_id = product.id)
    ORDER BY id
    """,
    rows="Product {id} ({slug})",
    text="it has no variant",
)

prices = Statement(
    "products.prices",
    """
    SELECT product.id, product.slug, product.price, product.base_price,
           coalesce(min(coalesce(variant.own_price, product.base_price)), product.base_price)
               AS lowest
    FROM products_product AS product
    LEFT JOIN products_variant AS variant
        ON variant.product_id = product.id AND variant.is_active
    GROUP BY product.id
    HAVING product.price
        <> coalesce(min(coalesce(variant.own_price, product.base_price)), product.base_price)
    ORDER BY product.id
    """,
    rows="Product {id} ({slug})",
    text="price is {price}, the lowest of its active variants is {lowest}",
)

main_images = Statement(
    "products.main_images",
    """
    SELECT product.id, product.slug, count(*) AS images,
           count(*) FILTER (WHERE image.is_main) AS main
    FROM products_productimage AS image JOIN products_product AS product
        ON product.id = image.product_id
    GROUP BY product.id HAVING count(*) FILTER (WHERE image.is_main) <> 1
    ORDER BY product.id
    """,
    rows="Product {id} ({slug})",
    text="of its {images} images {main} are the main one",
)

category_tree = Statement(
    "products.category_tree",
    """
    WITH RECURSIVE reached (id) AS (
        SELECT id FROM products_category WHERE parent_id IS NULL
        UNION
        SELECT category.id FROM products_category AS category
        JOIN reached ON reached.id = category.parent_id
    )
    SELECT id, slug, parent_id FROM products_category
    WHERE id NOT IN (SELECT id FROM reached)
    ORDER BY id
    """,
    rows="Category {id} ({slug})",
    text="from its parent {parent_id} no way leads to the top of the tree",
)
