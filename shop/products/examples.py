"""The examples of the API's documentation: one shirt in two sizes."""

_TIMES = {"created_at": "2026-11-20T12:00:00Z", "updated_at": "2026-11-20T12:00:00Z"}

CATEGORY_INPUT = {"name": "Shirts", "parent": "fashion", "description": "With and without sleeves."}
CATEGORY = {
    "id": 12,
    "name": "Shirts",
    "slug": "shirts",
    "description": "With and without sleeves.",
    "position": 0,
    **_TIMES,
    "parent": {"id": 3, "name": "Fashion", "slug": "fashion"},
    "image": None,
}

IMAGE_INPUT = {"remote_url": "https://cdn.example.com/linen-shirt.jpg", "alt_text": "Front"}
IMAGE = {
    "id": 70,
    "image": "https://shop.example/media/productimage/9f/9f86d081884c7d65.webp",
    "thumbnails": {
        "small": "https://shop.example/media/productimage/9f/9f86d081884c7d65.small.webp",
        "medium": "https://shop.example/media/productimage/9f/9f86d081884c7d65.medium.webp",
        "large": "https://shop.example/media/productimage/9f/9f86d081884c7d65.large.webp",
    },
    "alt_text": "Front",
    "position": 0,
    "is_main": True,
}

VARIANT_INPUT = {
    "sku": "LINEN-M",
    "options": {"size": "M"},
    "price": "49.00",
    "stock": 8,
    "weight_grams": 240,
}
VARIANT = {
    "id": 501,
    "sku": "LINEN-M",
    "size": "M",
    "options": {"size": "M"},
    "price": "49.00",
    "compare_at_price": None,
    "currency": "USD",
    "stock": 8,
    "in_stock": True,
    "barcode": "",
    "weight_grams": 240,
    "position": 0,
    "is_active": True,
}

PRODUCT_CHANGE = {
    "name": "Linen shirt",
    "category": "shirts",
    "price": "49.00",
    "compare_at_price": "59.00",
    "description": "<p>Cool on hot days.</p>",
    "tags": ["summer"],
}
PRODUCT_INPUT = {
    **PRODUCT_CHANGE,
    "variants": [VARIANT_INPUT],
}
PRODUCT_LIST_ITEM = {
    "id": 200,
    "name": "Linen shirt",
    "slug": "linen-shirt",
    "price": "49.00",
    "compare_at_price": "59.00",
    "currency": "USD",
    "status": "active",
    "review_count": 4,
    **_TIMES,
    "category": {"id": 12, "name": "Shirts", "slug": "shirts"},
    "vendor": {"id": 1, "name": "House", "slug": "house"},
    "stock": 8,
    "in_stock": True,
    "average_rating": 4.5,
    "image": IMAGE["image"],
}
PRODUCT = {
    **PRODUCT_LIST_ITEM,
    "description": "<p>Cool on hot days.</p>",
    "tags": ["summer"],
    "meta_title": "",
    "meta_description": "",
    "variants": [VARIANT],
    "images": [IMAGE],
}
FACETS = {
    "categories": [
        {"id": 3, "name": "Fashion", "slug": "fashion", "parent": None, "count": 31},
        {"id": 12, "name": "Shirts", "slug": "shirts", "parent": 3, "count": 9},
    ],
    "prices": [
        {"min": "20.00", "max": "49.99", "count": 22},
        {"min": "50.00", "max": "79.99", "count": 9},
    ],
    "options": [
        {"name": "size", "values": [{"value": "M", "count": 24}, {"value": "L", "count": 19}]}
    ],
    "ratings": [
        {"value": 5, "count": 2},
        {"value": 4, "count": 11},
        {"value": 3, "count": 14},
        {"value": 2, "count": 15},
        {"value": 1, "count": 15},
    ],
    "vendors": [{"id": 1, "name": "House", "slug": "house", "count": 31}],
    "in_stock": [{"value": True, "count": 27}, {"value": False, "count": 4}],
}
SUGGESTIONS = {
    "products": [
        {
            "id": 200,
            "name": "Linen shirt",
            "slug": "linen-shirt",
            "price": "49.00",
            "currency": "USD",
            "image": IMAGE["image"],
        }
    ],
    "categories": [{"id": 12, "name": "Shirts", "slug": "shirts"}],
    "vendors": [{"id": 4, "name": "Shirt makers", "slug": "shirt-makers"}],
}

BULK = {
    "items": [
        {"action": "create", "name": "Linen scarf", "category": "shirts", "price": "19.00"},
        {"action": "update", "product": "linen-shirt", "price": "45.00"},
        {"action": "archive", "product": 17},
    ],
    "all_or_nothing": False,
}
BULK_ANSWER = {
    "succeeded": 2,
    "failed": 1,
    "results": [
        {
            "index": 0,
            "status": "created",
            "product": {"id": 201, "name": "Linen scarf", "slug": "linen-scarf"},
            "errors": [],
        },
        {
            "index": 1,
            "status": "updated",
            "product": {"id": 200, "name": "Linen shirt", "slug": "linen-shirt"},
            "errors": [],
        },
        {
            "index": 2,
            "status": "failed",
            "product": None,
            "errors": [{"code": "not_found", "detail": "Not found.", "attr": "items.2.product"}],
        },
    ],
}

EXPORT_CSV = (
    "handle,name,category,price,sku,stock,option.size,currency\r\n"
    "linen-shirt,Linen shirt,Fashion > Shirts,49.00,LINEN-M,8,M,USD\r\n"
)
EXPORT_JSON = [
    {
        "id": 200,
        "name": "Linen shirt",
        "slug": "linen-shirt",
        "description": "<p>Cool on hot days.</p>",
        "status": "active",
        "price": "49.00",
        "compare_at_price": "59.00",
        "currency": "USD",
        "tags": ["summer"],
        "meta_title": "",
        "meta_description": "",
        "review_count": 4,
        "average_rating": 4.5,
        "category": {"id": 12, "name": "Shirts", "slug": "shirts", "path": ["Fashion", "Shirts"]},
        "vendor": {"id": 1, "name": "House", "slug": "house"},
        "variants": [
            {
                "id": 501,
                "sku": "LINEN-M",
                "options": {"size": "M"},
                "price": "49.00",
                "compare_at_price": None,
                "stock": 8,
                "available": 8,
                "barcode": "",
                "weight_grams": 240,
                "is_active": True,
            }
        ],
        "images": [{"image": IMAGE["image"], "alt_text": "Front", "is_main": True}],
        **_TIMES,
    }
]
