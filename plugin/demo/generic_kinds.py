"""Chooses a silhouette, a glaze and a collection for a product that is known by name alone."""

from __future__ import annotations

import zlib

KINDS = (
    ("teapot", ("TEAPOT", "TEA POT", "KETTLE")),
    ("cup", ("CUP", "TUMBLER", "BEAKER", "EGG CUP")),
    ("mug", ("MUG",)),
    ("plate", ("PLATE", "DISH", "CAKESTAND", "CAKE STAND", "COASTER", "SAUCER")),
    ("bowl", ("BOWL", "COLANDER", "BASIN")),
    ("vase", ("VASE", "BOTTLE", "DECANTER")),
    ("jug", ("JUG", "PITCHER", "WATERING CAN")),
    ("lantern", ("LANTERN", "BIRDCAGE", "LAMP", "LIGHTS", "HOUSE")),
    ("heart", ("HEART",)),
    ("candle", ("T-LIGHT", "CANDLE", "TEA LIGHT", "NIGHT LIGHT", "HOLDER")),
    ("bag", ("BAG", "SHOPPER", "PURSE", "HOTTIE", "WARMER", "TOTE")),
    ("clock", ("CLOCK", "WATCH")),
    ("sign", ("SIGN", "FRAME", "BOARD", "MIRROR", "HOOK", "DOORMAT", "PLAQUE")),
    ("cloth", ("TOWEL", "CUSHION", "APRON", "BUNTING", "BLANKET", "THROW", "RIBBON")),
    ("tray", ("TRAY", "RACK", "DRAWER", "CABINET", "STOOL")),
    ("tin", ("TIN", "STORAGE", "JAR", "CANISTER")),
    ("spoon", ("SPOON", "FORK", "CUTLERY", "PEN ", "PENCIL", "BRUSH", "CHOPSTICK")),
    ("card", ("CARD", "POSTAGE", "TAG", "STICKER", "CHALK")),
    ("paper", ("PAPER", "WRAP", "NOTEBOOK", "JOURNAL", "NAPKIN", "BOOK", "DOILEY", "TISSUE")),
    ("box", ("BOX", "SET", "KIT", "GAME", "TOY", "PACK")),
)
GLAZES = (
    ("abend", ("RED", "PINK", "ROSE", "RETROSPOT", "STRAWBERRY")),
    ("untersee", ("BLUE", "NAVY")),
    ("schilf", ("GREEN", "JUNGLE", "GARDEN")),
    ("foehn", ("YELLOW", "GOLD", "BRASS", "SUN")),
    ("kiesel", ("WHITE", "CREAM", "IVORY")),
    ("nebel", ("SILVER", "METAL", "GLASS", "GREY", "ZINC")),
    ("eiche", ("WOOD", "WICKER", "HESSIAN")),
)
FALLBACK_KINDS = ("box", "tile", "paper", "packet")
FALLBACK_GLAZES = ("seeufer", "untersee", "schilf", "hafen", "foehn", "nebel", "abend")
COLLECTIONS: dict[str, tuple[str, ...]] = {
    "keramik": ("teapot", "cup", "mug", "plate", "bowl", "vase", "jug", "tin")
}
COLLECTIONS |= {"geschenke": ("card", "paper", "box", "heart", "bag", "sign", "packet")}


def _chosen(
    name: str,
    rules: tuple[tuple[str, tuple[str, ...]], ...],
    rest: tuple[str, ...],
) -> str:
    upper = f"{name.upper()} "
    for found, words in rules:
        if any(word in upper for word in words):
            return found
    return rest[zlib.crc32(upper.encode()) % len(rest)]


def kind_of(name: str) -> str:
    """Return the silhouette that suits a product name."""
    return _chosen(name, KINDS, FALLBACK_KINDS)


def glaze_of(name: str) -> str:
    """Return the glaze that suits a product name; names without a colour spread evenly."""
    return _chosen(name, GLAZES, FALLBACK_GLAZES)


def collection_of(name: str) -> str:
    """Return the collection an imported product is shown in."""
    kind = kind_of(name)
    for collection, kinds in COLLECTIONS.items():
        if kind in kinds:
            return collection
    return "wohnen"
