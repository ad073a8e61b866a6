"""What products keep of their reviews."""

from shop.core.audits import Statement

# Half a hundredth may have been rounded up or down.
ratings = Statement(
    "reviews.ratings",
    """
    SELECT product.id, product.slug, product.average_rating, product.review_count,
           round(coalesce(given.average, 0), 3) AS average, coalesce(given.number, 0) AS number
    FROM products_product AS product
    LEFT JOIN (
        SELECT product_id, avg(rating) AS average, count(*) AS number
        FROM reviews_review GROUP BY product_id
    ) AS given ON given.product_id = product.id
    WHERE product.review_count <> coalesce(given.number, 0)
       OR abs(product.average_rating - coalesce(given.average, 0)) > 0.005
    ORDER BY product.id
    """,
    rows="Product {id} ({slug})",
    text="it shows {average_rating} of {review_count} reviews, there are {number} with {average}",
)
