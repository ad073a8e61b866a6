"""What the demo shop sells: five departments in three levels, and their goods."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

CATEGORIES: Mapping[str, Mapping[str, Sequence[str]]] = {
    "Clothing": {
        "Tops": ("T-Shirts", "Shirts", "Knitwear"),
        "Outerwear": ("Jackets", "Rainwear"),
        "Footwear": ("Sneakers", "Boots"),
    },
    "Home": {
        "Living": ("Lighting", "Seating", "Textiles"),
        "Kitchen": ("Mugs and Cups", "Bottles and Jars"),
        "Scents": ("Candles",),
    },
    "Outdoor": {
        "Camping": ("Tents", "Sleeping"),
        "Cycling": ("Bicycles", "Cycling Bags"),
        "Hiking": ("Backpacks",),
    },
    "Electronics": {
        "Audio": ("Headphones",),
        "Wearables": ("Watches",),
        "Computing": ("Laptops and Tablets",),
    },
    "Books and Play": {
        "Reading": ("Fiction", "Craft and Cooking"),
        "Playing": ("Wooden Toys",),
        "Growing": ("House Plants",),
    },
}


# The departments that others than the house sell in, by the first word of the seller's name.
SELLERS: Mapping[str, str] = {"Outdoor": "fjord", "Home": "lumen"}


@dataclass(frozen=True)
class Line:
    """One product; `sizes` and `colors` multiply into its variants."""

    leaf: str
    motif: str
    name: str
    price: str
    text: str
    sizes: Sequence[str] = ()
    colors: Sequence[str] = ()
    was: str | None = None
    tags: Sequence[str] = ()
    stock: int = 24
    status: str = "active"
    # Who sells it, if not the seller of its department.
    seller: str = ""


APPAREL = ("S", "M", "L", "XL")
ALL_SIZES = ("XS", *APPAREL, "XXL")
SHOES = ("39", "40", "41", "42", "43", "44")

LINES: Sequence[Line] = (
    Line("T-Shirts", "shirt", "Harbour Tee", "24.00", "Midweight organic cotton that keeps its shape wash after wash.", ALL_SIZES, ("White", "Navy"), tags=("organic", "bestseller")),
    Line("T-Shirts", "shirt", "Pocket Tee", "26.00", "A relaxed cut with a chest pocket for a ticket or a pencil.", APPAREL, ("Sand", "Olive")),
    Line("T-Shirts", "shirt", "Striped Breton", "34.00", "The sailor's classic, knitted from combed cotton.", APPAREL, tags=("classic",)),
    Line("T-Shirts", "shirt", "Running Tee", "29.00", "Dries in minutes and weighs less than an apple.", ALL_SIZES, was="36.00", tags=("sport", "sale")),
    Line("Shirts", "shirt", "Oxford Shirt", "59.00", "Button-down collar, mother-of-pearl buttons, two cuffs.", APPAREL, ("White", "Sky"), tags=("classic",)),
    Line("Shirts", "shirt", "Linen Shirt", "64.00", "Washed European linen for the warmest days.", APPAREL, ("Sand",)),
    Line("Shirts", "shirt", "Flannel Shirt", "55.00", "Brushed on both sides, warm from the first minute.", APPAREL, was="69.00", tags=("winter", "sale")),
    Line("Knitwear", "blanket", "Fisherman Sweater", "98.00", "Five-gauge rib in undyed wool, made to be handed down.", APPAREL, tags=("wool", "winter")),
    Line("Knitwear", "blanket", "Merino Crew", "79.00", "Fine merino that you can wear all year.", ALL_SIZES, ("Charcoal", "Moss"), tags=("wool",)),
    Line("Knitwear", "blanket", "Lambswool Scarf", "39.00", "Two metres of soft lambswool with a fringe.", (), ("Rust", "Slate"), tags=("wool", "gift")),
    Line("Jackets", "jacket", "Field Jacket", "149.00", "Waxed cotton, four pockets and a hood that folds away.", APPAREL, ("Olive", "Navy"), tags=("bestseller",)),
    Line("Jackets", "jacket", "Denim Trucker", "119.00", "Selvedge denim that fades with your days.", APPAREL),
    Line("Jackets", "jacket", "Down Vest", "129.00", "Responsibly sourced down, light as a sigh.", APPAREL, was="159.00", tags=("winter", "sale"), stock=3),
    Line("Rainwear", "jacket", "Storm Parka", "189.00", "Three layers, taped seams, and a peak that keeps the rain off your glasses.", APPAREL, ("Yellow", "Black"), tags=("waterproof",)),
    Line("Rainwear", "jacket", "Packable Anorak", "89.00", "Lives in its own pocket until the sky changes.", ALL_SIZES, tags=("waterproof", "travel")),
    Line("Sneakers", "shoe", "Court Sneaker", "84.00", "Full-grain leather on a natural rubber sole.", SHOES, tags=("bestseller",)),
    Line("Sneakers", "shoe", "Canvas Low", "54.00", "Recycled canvas, vulcanised by hand.", SHOES, ("Ecru",)),
    Line("Sneakers", "shoe", "Trail Runner", "124.00", "Grips wet rock and forgives long descents.", SHOES, was="139.00", tags=("sport", "sale")),
    Line("Boots", "shoe", "Chelsea Boot", "169.00", "Goodyear welted: it can be resoled for decades.", SHOES),
    Line("Boots", "shoe", "Hiking Boot", "199.00", "Waterproof suede with an ankle that knows where you are going.", SHOES, tags=("waterproof",)),
    Line("Lighting", "lamp", "Arc Table Lamp", "79.00", "A linen shade over turned oak; warm, dimmable light.", (), ("Oak", "Walnut")),
    Line("Lighting", "lamp", "Reading Lamp", "69.00", "Bends where you need it and stays there.", tags=("bestseller",)),
    Line("Lighting", "lamp", "Paper Lantern", "35.00", "Washi paper on bamboo, folded flat for its journey.", ("S", "M", "L")),
    Line("Seating", "chair", "Shell Chair", "219.00", "A moulded shell on ash legs; comfortable through a long dinner.", (), ("Chalk", "Terracotta", "Forest")),
    Line("Seating", "chair", "Lounge Chair", "449.00", "Deep, low and upholstered in wool felt.", (), ("Grey", "Ochre"), was="529.00", tags=("sale",), stock=4),
    Line("Seating", "chair", "Workshop Stool", "89.00", "Solid beech that stacks six high."),
    Line("Textiles", "blanket", "Wool Throw", "95.00", "Woven in a small mill from recycled wool.", (), ("Ivory", "Indigo"), tags=("wool", "gift")),
    Line("Textiles", "blanket", "Linen Bedding", "159.00", "Stonewashed, breathable, better every year.", ("Single", "Double", "King")),
    Line("Textiles", "blanket", "Waffle Towel", "29.00", "Thirsty cotton that dries overnight.", (), ("White", "Sage")),
    Line("Mugs and Cups", "mug", "Stoneware Mug", "18.00", "Thrown by hand; no two glazes are the same.", (), ("Speckled", "Midnight", "Clay"), tags=("gift", "bestseller"), stock=80),
    Line("Mugs and Cups", "mug", "Espresso Cup Pair", "22.00", "Thick walls for small, serious coffee.", tags=("gift",)),
    Line("Mugs and Cups", "mug", "Camping Mug", "14.00", "Enamel on steel: falls, chips, goes on.", (), ("White", "Green"), stock=60),
    Line("Bottles and Jars", "bottle", "Insulated Bottle", "32.00", "Cold for a day, hot until supper.", ("500 ml", "750 ml"), ("Steel", "Sea"), tags=("bestseller",)),
    Line("Bottles and Jars", "bottle", "Olive Oil Can", "27.00", "Keeps the light out and pours without a drip."),
    Line("Bottles and Jars", "bottle", "Fermenting Jar", "24.00", "With an airlock: kimchi without surprises.", ("1 l", "2 l")),
    Line("Candles", "candle", "Cedar Candle", "28.00", "Forty hours of cedar and a little smoke.", tags=("gift",)),
    Line("Candles", "candle", "Fig Leaf Candle", "28.00", "Green, milky, like the shade under the tree.", tags=("gift",)),
    Line("Candles", "candle", "Beeswax Pillars", "36.00", "A set of three, poured from local wax.", stock=0),
    Line("Tents", "tent", "Two-Person Tent", "289.00", "Up in four minutes, under two kilograms.", (), ("Moss", "Orange"), tags=("waterproof",)),
    Line("Tents", "tent", "Family Tent", "489.00", "Standing height, two rooms, one porch.", was="559.00", tags=("waterproof", "sale"), stock=5),
    Line("Tents", "tent", "Tarp Shelter", "79.00", "One sheet, eleven ways to pitch it.", tags=("ultralight",)),
    Line("Sleeping", "blanket", "Down Sleeping Bag", "259.00", "Comfort to minus five, packs to a loaf.", ("Regular", "Long")),
    Line("Sleeping", "blanket", "Camp Blanket", "69.00", "Quilted, snaps into a poncho when the wind rises."),
    Line("Bicycles", "bicycle", "City Bicycle", "749.00", "Eight gears in the hub, a belt instead of a chain.", ("S", "M", "L"), ("Black", "Cream"), stock=3),
    Line("Bicycles", "bicycle", "Gravel Bicycle", "1590.00", "Steel frame, wide tyres, no plan.", ("S", "M", "L"), stock=2),
    Line("Bicycles", "bicycle", "Kids' Bicycle", "289.00", "Light enough that they will carry it themselves.", ("16 inch", "20 inch")),
    Line("Cycling Bags", "bag", "Roll-Top Pannier", "79.00", "Welded, waterproof, off the rack in one pull.", (), ("Black", "Yellow"), tags=("waterproof",)),
    Line("Cycling Bags", "bag", "Handlebar Bag", "49.00", "Room for a camera and a croissant."),
    Line("Backpacks", "bag", "Day Pack 20", "89.00", "Twenty litres with a back that breathes.", (), ("Slate", "Rust"), tags=("bestseller",)),
    Line("Backpacks", "bag", "Trek Pack 50", "189.00", "Carries a week without complaint.", ("S/M", "L/XL"), was="219.00", tags=("sale",)),
    Line("Headphones", "headphones", "Studio Headphones", "149.00", "Closed, honest and repairable with one screwdriver.", tags=("bestseller",)),
    Line("Headphones", "headphones", "Wireless Headphones", "199.00", "Thirty hours, noise left outside.", (), ("Graphite", "Sand"), was="249.00", tags=("sale",)),
    Line("Headphones", "headphones", "Kids' Headphones", "39.00", "Limited to 85 dB, for small ears."),
    Line("Watches", "watch", "Field Watch", "179.00", "Hand-wound, thirty-eight millimetres, legible at dusk.", (), ("Canvas", "Leather")),
    Line("Watches", "watch", "Runner's Watch", "229.00", "Finds satellites fast and keeps quiet otherwise.", tags=("sport",)),
    Line("Laptops and Tablets", "device", "Laptop 14", "1199.00", "Every part can be replaced, and the manual says how.", (), ("16 GB", "32 GB"), stock=6),
    Line("Laptops and Tablets", "device", "Drawing Tablet", "329.00", "Paper feel, no glare, a pen that needs no charge."),
    Line("Laptops and Tablets", "device", "E-Reader", "139.00", "Six weeks of books on one charge.", tags=("gift",)),
    Line("Fiction", "book", "The Lighthouse Ledger", "18.00", "A keeper counts ships, and one night counts one too many.", tags=("novel",)),
    Line("Fiction", "book", "Salt and Snow", "16.00", "Nine linked stories from a ferry town.", tags=("novel",)),
    Line("Craft and Cooking", "book", "Bread, Slowly", "29.00", "Forty loaves and the patience for them.", tags=("gift",)),
    Line("Craft and Cooking", "book", "Mend It", "22.00", "Visible mending for clothes worth keeping."),
    Line("Wooden Toys", "blocks", "Building Blocks", "45.00", "Sixty pieces of beech and no instructions.", tags=("gift", "bestseller")),
    Line("Wooden Toys", "blocks", "Marble Run", "59.00", "Rails, curves and one loop that always works."),
    Line("Wooden Toys", "blocks", "Stacking Rings", "19.00", "The first lesson in big and small.", stock=2),
    Line("House Plants", "plant", "Monstera", "34.00", "Grows a new leaf a month and forgives the rest.", ("S", "M", "L")),
    Line("House Plants", "plant", "Peace Lily", "24.00", "Tells you when it is thirsty, then recovers.", tags=("gift",)),
    Line("House Plants", "plant", "Olive Tree", "79.00", "A metre of Mediterranean for a bright window.", stock=4),
    Line("House Plants", "plant", "Moss Terrarium", "49.00", "Not offered any more; its page still answers.", status="discontinued"),
    Line("Candles", "candle", "Winter Candle", "30.00", "Still being photographed.", status="draft"),
    Line("Sneakers", "shoe", "Famous-Logo Sneaker", "19.00", "You know the logo. Almost.", ("40", "42"), seller="bargain"),
)  # fmt: skip

# Its seller's goods need approval by now, and this one waits for it.
WAITING = Line("Lighting", "lamp", "Driftwood Lantern", "58.00", "Found on the beach, wired in the workshop.", stock=6)  # fmt: skip

# What shoppers said: (product, stars, title, words).
REVIEWS: Sequence[tuple[str, int, str, str]] = (
    ("Harbour Tee", 5, "My third one", "The first is four years old and still my favourite."),
    ("Harbour Tee", 4, "Good, runs long", "Great fabric. I am short and took it up a little."),
    ("Harbour Tee", 5, "Just right", "Soft, opaque, no logo. What else?"),
    ("Stoneware Mug", 5, "Every morning", "It fits the hand like it was measured."),
    ("Stoneware Mug", 5, "Gave six away", "Everybody asked where they are from."),
    ("Stoneware Mug", 3, "Heavy", "Beautiful, but heavier than I thought."),
    ("Field Jacket", 5, "Rain? What rain?", "Two autumns and it looks better each year."),
    ("Field Jacket", 4, "Pockets!", "All the pockets. The hood could be larger."),
    ("Court Sneaker", 4, "Comfortable at once", "No breaking in at all."),
    ("Court Sneaker", 2, "Narrow", "Lovely shoe, but not for wide feet."),
    ("Reading Lamp", 5, "Stays where you put it", "Finally."),
    (
        "Studio Headphones",
        5,
        "Repaired it myself",
        "A new pad in two minutes. More like this, please.",
    ),
    ("Studio Headphones", 4, "Honest sound", "They hide nothing, for better or worse."),
    ("Insulated Bottle", 5, "Tea at the summit", "Still hot after nine hours."),
    ("Day Pack 20", 5, "Perfect size", "Laptop, lunch, jacket. Nothing swings."),
    ("Two-Person Tent", 4, "Quick to pitch", "Four minutes is true on the second try."),
    ("Building Blocks", 5, "Best gift", "Played with daily by two children and one adult."),
    ("Monstera", 5, "Arrived happy", "Packed better than my dishes when I moved."),
    ("Bread, Slowly", 5, "It works", "My first loaf that did not double as a doorstop."),
    ("Gravel Bicycle", 5, "No plan needed", "It goes everywhere, and so do I now."),
    ("Laptop 14", 4, "The manual is real", "Changed the battery on the kitchen table."),
    ("Wool Throw", 5, "Warm without weight", "The dog agrees."),
)
