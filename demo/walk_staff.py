"""The walk's chapters of the staff: catalogue, stock, and who hears of what happens."""

from collections.abc import Mapping, Sequence

from demo.steps import STORE, Step, admin, anybody

PRODUCT = STORE + "/products/{{new_product}}/"
WEBHOOK = STORE + "/webhooks/{{webhook}}/"

STAFF: Mapping[str, Sequence[Step]] = {
    "8. Catalogue and stock (admin)": [
        admin(
            "POST /api/store/categories/",
            body={"name": "Postman {{$timestamp}}"},
            status=201,
            save={"new_category": "slug"},
        ),
        admin(
            "PUT /api/store/categories/{slug}/",
            STORE + "/categories/{{new_category}}/",
            body={"name": "Postman again {{$timestamp}}", "position": 99},
            save={"new_category": "slug"},
        ),
        admin(
            "PATCH /api/store/categories/{slug}/",
            STORE + "/categories/{{new_category}}/",
            body={"description": "Made by Postman."},
        ),
        admin(
            "POST /api/store/products/",
            body={
                "name": "Postman {{$timestamp}}",
                "category": "{{new_category}}",
                "price": "19.99",
            }
            | {"variants": [{"options": {"size": "M"}, "stock": 5}]},
            status=201,
            save={"new_product": "slug", "new_variant": "variants.0.id"},
        ),
        admin(
            "PUT /api/store/products/{slug}/",
            PRODUCT,
            body={"name": "Postman again", "category": "{{new_category}}", "price": "18.99"},
        ),
        admin("PATCH /api/store/products/{slug}/", PRODUCT, body={"tags": ["new"]}),
        admin(
            "POST /api/store/products/{product_slug}/variants/",
            PRODUCT + "variants/",
            body={"options": {"size": "L"}, "price": "21.00", "stock": 3},
            status=201,
            save={"variant_2": "id"},
        ),
        anybody(
            "GET /api/store/products/{product_slug}/variants/{id}/",
            PRODUCT + "variants/{{variant_2}}/",
        ),
        admin(
            "PUT /api/store/products/{product_slug}/variants/{id}/",
            PRODUCT + "variants/{{variant_2}}/",
            body={"options": {"size": "XL"}, "price": "22.00", "stock": 4},
        ),
        admin(
            "PATCH /api/store/products/{product_slug}/variants/{id}/",
            PRODUCT + "variants/{{variant_2}}/",
            body={"stock": 6},
        ),
        admin(
            "DELETE /api/store/products/{product_slug}/variants/{id}/",
            PRODUCT + "variants/{{variant_2}}/",
            status=204,
        ),
        admin(
            "POST /api/store/products/{product_slug}/images/",
            PRODUCT + "images/",
            body={"remote_url": "https://images.example.com/kettle.jpg", "alt_text": "A kettle"},
            status=201,
            save={"image": "id"},
        ),
        anybody(
            "GET /api/store/products/{product_slug}/images/{id}/", PRODUCT + "images/{{image}}/"
        ),
        admin(
            "PUT /api/store/products/{product_slug}/images/{id}/",
            PRODUCT + "images/{{image}}/",
            body={"alt_text": "The kettle", "position": 1, "is_main": True},
        ),
        admin(
            "PATCH /api/store/products/{product_slug}/images/{id}/",
            PRODUCT + "images/{{image}}/",
            body={"alt_text": "A kettle"},
        ),
        admin(
            "DELETE /api/store/products/{product_slug}/images/{id}/",
            PRODUCT + "images/{{image}}/",
            status=204,
        ),
        admin("GET /api/store/stock/", STORE + "/stock/?low=true"),
        admin(
            "POST /api/store/stock/receive/",
            body={"variant": "{{#new_variant}}", "quantity": 10, "reason": "Delivery 4711"},
        ),
        admin(
            "POST /api/store/stock/adjust/",
            body={"variant": "{{#new_variant}}", "change": -1, "reason": "Broken in the store"},
        ),
        admin("GET /api/store/stock/movements/"),
        admin("GET /api/store/warehouses/", save={"warehouse": "results.0.id"}),
        admin(
            "POST /api/store/warehouses/",
            body={"name": "Second {{$timestamp}}", "code": "second-{{$timestamp}}"},
            status=201,
            save={"warehouse": "id"},
        ),
        admin("GET /api/store/warehouses/{id}/", STORE + "/warehouses/{{warehouse}}/"),
        admin(
            "PATCH /api/store/warehouses/{id}/",
            STORE + "/warehouses/{{warehouse}}/",
            body={"name": "Renamed {{$timestamp}}"},
        ),
        admin("DELETE /api/store/products/{slug}/", PRODUCT, status=204),
        admin(
            "DELETE /api/store/categories/{slug}/",
            STORE + "/categories/{{new_category}}/",
            status=204,
        ),
    ],
    "9. Hear what happens (admin)": [
        admin("GET /api/store/events/", STORE + "/events/?after=0&type=order.paid&limit=5"),
        admin(
            "POST /api/store/webhooks/",
            body={"url": "https://hooks.example.com/nexus", "events": ["order.paid"]},
            status=201,
            save={"webhook": "id"},
        ),
        admin("GET /api/store/webhooks/"),
        admin("GET /api/store/webhooks/{id}/", WEBHOOK),
        admin("POST /api/store/webhooks/{id}/test/", WEBHOOK + "test/", status=202, pause=2000),
        admin(
            "GET /api/store/webhooks/{id}/deliveries/",
            WEBHOOK + "deliveries/",
            save={"delivery": "results.0.id"},
        ),
        admin(
            "POST /api/store/webhooks/{id}/deliveries/{delivery_id}/redeliver/",
            WEBHOOK + "deliveries/{{delivery}}/redeliver/",
        ),
        admin("POST /api/store/webhooks/{id}/rotate-secret/", WEBHOOK + "rotate-secret/"),
        admin("POST /api/store/webhooks/{id}/resume/", WEBHOOK + "resume/"),
        admin("PATCH /api/store/webhooks/{id}/", WEBHOOK, body={"events": ["*"]}),
        admin("DELETE /api/store/webhooks/{id}/", WEBHOOK, status=204),
    ],
}
