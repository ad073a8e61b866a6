"""What sellers do with their goods and stock, and staff with the catalogue."""

from shop.inventory.models import Warehouse
from shop.products.models import Category, Product, ProductImage, Variant
from tests.parity.cast import Stage
from tests.parity.doors import Door, mutation, query, rest
from tests.parity.shopping import SLUGS, slugs, slugs_of_rest

STORE = "/api/store/products/"


def sells_something_new(door: Door, stage: Stage) -> None:
    vendor, category = stage.alder, stage.shop.parent.slug
    new = {"name": "Linen shirt", "category": category, "price": "49.00", "vendor": vendor}
    sizes = [{"options": {"size": size}, "stock": 3} for size in "SM"]
    in_graphql = [{"options": [{"name": "size", "value": size}], "stock": 3} for size in "SM"]
    door.do(
        stage.alice,
        rest("POST", STORE, **new, variants=sizes, tags=["summer"]),
        mutation("createProduct", input=new | {"variants": in_graphql, "tags": ["summer"]}),
    )
    door.do(
        stage.vera,
        rest("POST", STORE, **new),
        mutation("createProduct", input=new),
        refused="does_not_exist",
    )
    door.do(
        stage.bob,
        rest("POST", STORE, **new),
        mutation("createProduct", input=new),
        refused="permission_denied",
    )
    door.do(
        stage.alice,
        rest("POST", STORE, **new | {"price": "-1"}),
        mutation("createProduct", input=new | {"price": "-1"}),
        refused="min_value",
    )
    shirt = Product.objects.latest("pk").slug
    door.do(
        stage.alice,
        rest("PATCH", f"{STORE}{shirt}/", status="active", compare_at_price="59.00"),
        mutation(
            "updateProduct", product=shirt, input={"status": "ACTIVE", "compareAtPrice": "59.00"}
        ),
    )
    door.do(
        stage.vera,
        rest("PATCH", f"{STORE}{shirt}/", price="1.00"),
        mutation("updateProduct", product=shirt, input={"price": "1.00"}),
        refused="not_found",
    )
    door.do(
        stage.alice, rest("DELETE", f"{STORE}{shirt}/"), mutation("deleteProduct", product=shirt)
    )
    # It was ordered, so it is archived.
    coat = stage.shop.product.slug
    door.do(stage.alice, rest("DELETE", f"{STORE}{coat}/"), mutation("deleteProduct", product=coat))


def changes_sizes_and_pictures(door: Door, stage: Stage) -> None:
    coat = stage.shop.product.slug
    of_coat, size = f"{STORE}{coat}/variants/", [{"name": "size", "value": "XL"}]
    door.do(
        stage.alice,
        rest("POST", of_coat, sku="COAT-XL", options={"size": "XL"}, stock=4, price="80.00"),
        mutation(
            "createVariant",
            product=coat,
            input={"sku": "COAT-XL", "options": size, "stock": 4, "price": "80.00"},
        ),
    )
    door.do(
        stage.alice,
        rest("POST", of_coat, sku="COAT-XL", options={"size": "XXL"}),
        mutation("createVariant", product=coat, input={"sku": "COAT-XL", "size": "XXL"}),
        refused="sku_taken",
    )
    pk = Variant.objects.get(sku="COAT-XL").pk
    door.do(
        stage.alice,
        rest("PATCH", f"{of_coat}{pk}/", stock=7, weight_grams=900),
        mutation("updateVariant", variant=pk, input={"stock": 7, "weightGrams": 900}),
    )
    door.do(
        stage.vera,
        rest("PATCH", f"{of_coat}{pk}/", stock=0),
        mutation("updateVariant", variant=pk, input={"stock": 0}),
        refused="not_found",
    )
    door.do(stage.alice, rest("DELETE", f"{of_coat}{pk}/"), mutation("deleteVariant", variant=pk))
    pictures, address = f"{STORE}{coat}/images/", "https://cdn.example.com/back.jpg"
    door.do(
        stage.alice,
        rest("POST", pictures, remote_url=address, alt_text="From behind"),
        mutation("addImage", product=coat, input={"remoteUrl": address, "altText": "From behind"}),
    )
    picture = ProductImage.objects.latest("pk").pk
    door.do(
        stage.alice,
        rest("PATCH", f"{pictures}{picture}/", is_main=True),
        mutation("updateImage", image=picture, input={"isMain": True}),
    )
    door.do(
        stage.alice,
        rest("DELETE", f"{pictures}{picture}/"),
        mutation("deleteImage", image=picture),
    )


def looks_at_new_goods(door: Door, stage: Stage) -> None:
    cape = stage.shop.submitted.slug
    door.do(
        stage.curator,
        rest("GET", f"{STORE}?submitted=true").tells(slugs_of_rest),
        query("products", SLUGS, filter={"submitted": True}).tells(slugs),
    )
    door.do(
        stage.alice,
        rest("POST", f"{STORE}{cape}/approve/"),
        mutation("approveProduct", product=cape),
        refused="permission_denied",
    )
    door.do(
        stage.curator,
        rest("POST", f"{STORE}{cape}/decline/", reason="Blurred picture."),
        mutation("declineProduct", product=cape, input={"reason": "Blurred picture."}),
    )
    door.do(
        stage.curator,
        rest("POST", f"{STORE}{cape}/approve/"),
        mutation("approveProduct", product=cape),
        refused="not_submitted",
    )
    door.do(
        stage.alice,
        rest("PATCH", f"{STORE}{cape}/", status="active"),
        mutation("updateProduct", product=cape, input={"status": "ACTIVE"}),
    )
    door.do(
        stage.curator,
        rest("POST", f"{STORE}{cape}/approve/"),
        mutation("approveProduct", product=cape),
    )


def arranges_categories(door: Door, stage: Stage) -> None:
    path, parent = "/api/store/categories/", stage.shop.parent.slug
    new = {"name": "Raincoats", "parent": parent, "description": "For wet days."}
    door.do(stage.curator, rest("POST", path, **new), mutation("createCategory", input=new))
    door.do(
        stage.bob,
        rest("POST", path, **new),
        mutation("createCategory", input=new),
        refused="permission_denied",
    )
    made = Category.objects.latest("pk").slug
    door.do(
        stage.curator,
        rest("PATCH", f"{path}{made}/", position=4, slug="rain"),
        mutation("updateCategory", category=made, input={"position": 4, "slug": "rain"}),
    )
    door.do(
        stage.curator,
        rest("PATCH", f"{path}{parent}/", parent="rain"),
        mutation("updateCategory", category=parent, input={"parent": "rain"}),
        refused="category_cycle",
    )
    door.do(
        stage.curator,
        rest("DELETE", f"{path}{parent}/"),
        mutation("deleteCategory", category=parent),
        refused="category_in_use",
    )
    door.do(
        stage.curator, rest("DELETE", f"{path}rain/"), mutation("deleteCategory", category="rain")
    )


def counts_stock_as_staff(door: Door, stage: Stage) -> None:
    variant, path = stage.shop.variant.pk, "/api/store/stock"
    door.do(
        stage.clerk,
        rest("POST", f"{path}/receive/", variant=variant, quantity=20, reason="delivery 7"),
        mutation(
            "receiveStock", input={"variant": variant, "quantity": 20, "reason": "delivery 7"}
        ),
    )
    door.do(
        stage.clerk,
        rest("POST", f"{path}/adjust/", variant=variant, change=-3, reason="Moths."),
        mutation("adjustStock", input={"variant": variant, "change": -3, "reason": "Moths."}),
    )
    door.do(
        stage.clerk,
        rest("POST", f"{path}/adjust/", variant=variant, change=-999, reason="Fire."),
        mutation("adjustStock", input={"variant": variant, "change": -999, "reason": "Fire."}),
        refused="below_reserved",
    )
    new = {"name": "Second floor", "code": "second-floor"}
    path = "/api/store/warehouses/"
    door.do(stage.curator, rest("POST", path, **new), mutation("createWarehouse", input=new))
    door.do(
        stage.curator,
        rest("POST", path, **new),
        mutation("createWarehouse", input=new),
        refused="warehouse_code_taken",
    )
    door.do(
        stage.curator,
        rest("PATCH", f"{path}second-floor/", is_default=True),
        mutation("changeWarehouse", warehouse="second-floor", input={"isDefault": True}),
    )


def counts_stock_as_a_seller(door: Door, stage: Stage) -> None:
    sku, barn, path = stage.shop.variant.sku, stage.shop.own_warehouse.code, "/api/vendor/inventory"
    alder = stage.alder
    door.do(
        stage.alice,
        rest("POST", f"{path}/receive/", variant=sku, quantity=5, warehouse=barn),
        mutation("receiveVendorStock", input={"sku": sku, "quantity": 5, "warehouse": barn}),
        vendor=alder,
    )
    door.do(
        stage.alice,
        rest("POST", f"{path}/adjust/", variant=sku, change=-2, reason="Torn.", warehouse=barn),
        mutation(
            "adjustVendorStock",
            input={"sku": sku, "change": -2, "reason": "Torn.", "warehouse": barn},
        ),
        vendor=alder,
    )
    for who, vendor, code in (
        (stage.vera, "", "not_found"),
        (stage.vera, alder, "not_found"),
        (stage.bob, "", "not_a_vendor"),
    ):
        door.do(
            who,
            rest("POST", f"{path}/receive/", variant=sku, quantity=5),
            mutation("receiveVendorStock", input={"sku": sku, "quantity": 5}),
            vendor=vendor,
            refused=code,
        )
    new = {"name": "Shed", "code": "shed"}
    door.do(
        stage.alice,
        rest("POST", f"{path}/warehouses/", **new),
        mutation("createVendorWarehouse", input=new),
        vendor=alder,
    )
    assert Warehouse.objects.filter(code="shed").exists()
    door.do(
        stage.alice,
        rest("PATCH", f"{path}/warehouses/shed/", name="Big shed"),
        mutation("changeVendorWarehouse", warehouse="shed", input={"name": "Big shed"}),
        vendor=alder,
    )
    door.do(
        stage.vera,
        rest("PATCH", f"{path}/warehouses/shed/", name="Mine"),
        mutation("changeVendorWarehouse", warehouse="shed", input={"name": "Mine"}),
        refused="not_found",
    )


SELLING = (
    sells_something_new,
    changes_sizes_and_pictures,
    looks_at_new_goods,
    arranges_categories,
    counts_stock_as_staff,
    counts_stock_as_a_seller,
)
