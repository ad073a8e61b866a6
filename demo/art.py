"""Pictures of the demo goods, drawn: a motif in two colours on a soft ground.

Coordinates are in hundredths of the picture, so that motifs read like sketches.
"""

import colorsys
import hashlib
from collections.abc import Callable, Sequence
from io import BytesIO

from PIL import Image, ImageDraw

SIDE = 720
OVERSAMPLING = 2

Color = tuple[int, int, int]
Point = tuple[float, float]


class Sketch:
    """A square canvas with the few shapes that motifs need; `ink` and `trim` are its colours."""

    def __init__(self, seed: str) -> None:
        hue = hashlib.sha256(seed.encode()).digest()[0] / 255
        self.ink = _color(hue, 0.45, 0.62)
        self.trim = _color(hue + 0.08, 0.35, 0.88)
        self.dark = _color(hue, 0.40, 0.33)
        self.scale = SIDE * OVERSAMPLING / 100
        size = (SIDE * OVERSAMPLING,) * 2
        self.image = Image.new("RGB", size, _color(hue + 0.5, 0.07, 0.96))
        self.draw = ImageDraw.Draw(self.image)
        self.ellipse(22, 80, 78, 90, _color(hue + 0.5, 0.10, 0.88))

    def polygon(self, points: Sequence[Point], color: Color) -> None:
        self.draw.polygon([(x * self.scale, y * self.scale) for x, y in points], fill=color)

    def box(self, x1: float, y1: float, x2: float, y2: float, color: Color, r: float = 3) -> None:
        corners = [value * self.scale for value in (x1, y1, x2, y2)]
        self.draw.rounded_rectangle(corners, radius=r * self.scale, fill=color)

    def ellipse(self, x1: float, y1: float, x2: float, y2: float, color: Color) -> None:
        self.draw.ellipse([value * self.scale for value in (x1, y1, x2, y2)], fill=color)

    def line(self, points: Sequence[Point], color: Color, width: float = 2) -> None:
        scaled = [(x * self.scale, y * self.scale) for x, y in points]
        self.draw.line(scaled, fill=color, width=int(width * self.scale), joint="curve")

    def arc(self, box: Sequence[float], start: float, end: float, color: Color, w: float) -> None:
        scaled = [value * self.scale for value in box]
        self.draw.arc(scaled, start, end, fill=color, width=int(w * self.scale))

    def png(self) -> bytes:
        buffer = BytesIO()
        self.image.resize((SIDE, SIDE), Image.Resampling.LANCZOS).save(buffer, "PNG")
        return buffer.getvalue()


def _color(hue: float, saturation: float, value: float) -> Color:
    red, green, blue = colorsys.hsv_to_rgb(hue % 1, saturation, value)
    return int(red * 255), int(green * 255), int(blue * 255)


def shirt(s: Sketch) -> None:
    s.polygon([(34, 22), (16, 34), (23, 48), (32, 43), (32, 82), (68, 82), (68, 43), (77, 48),
               (84, 34), (66, 22)], s.ink)  # fmt: skip
    s.ellipse(43, 17, 57, 27, s.trim)


def jacket(s: Sketch) -> None:
    s.box(31, 24, 69, 84, s.ink)
    s.polygon([(31, 26), (16, 40), (20, 72), (29, 70)], s.ink)
    s.polygon([(69, 26), (84, 40), (80, 72), (71, 70)], s.ink)
    s.polygon([(42, 24), (58, 24), (50, 40)], s.trim)
    s.line([(50, 38), (50, 84)], s.dark, 1.2)
    s.box(36, 60, 45, 62, s.dark, 1)
    s.box(55, 60, 64, 62, s.dark, 1)


def shoe(s: Sketch) -> None:
    s.polygon([(18, 46), (38, 40), (52, 56), (78, 62), (84, 74), (18, 74)], s.ink)
    s.box(16, 72, 86, 80, s.trim, 4)
    for x in (42, 47, 52):
        s.line([(x, 50 + (x - 42) * 0.7), (x + 6, 46 + (x - 42) * 0.7)], s.dark, 1.2)


def bag(s: Sketch) -> None:
    s.arc((36, 14, 64, 46), 180, 360, s.dark, 3)
    s.box(26, 30, 74, 84, s.ink, 9)
    s.box(32, 54, 68, 78, s.trim, 5)
    s.line([(32, 62), (68, 62)], s.dark, 1.2)


def mug(s: Sketch) -> None:
    s.arc((60, 40, 84, 68), 270, 90, s.dark, 4)
    s.box(26, 32, 70, 82, s.ink, 6)
    s.ellipse(26, 27, 70, 39, s.trim)
    for x in (38, 48, 58):
        s.arc((x - 4, 10, x + 4, 24), 90, 270, s.trim, 1.2)


def lamp(s: Sketch) -> None:
    s.polygon([(36, 18), (64, 18), (76, 48), (24, 48)], s.trim)
    s.line([(50, 48), (50, 80)], s.dark, 2.5)
    s.box(34, 79, 66, 85, s.ink, 3)
    s.ellipse(45, 46, 55, 56, s.ink)


def chair(s: Sketch) -> None:
    s.box(34, 16, 66, 52, s.ink, 8)
    s.box(28, 52, 72, 62, s.trim, 4)
    for x, foot in ((33, 27), (67, 73)):
        s.line([(x, 62), (foot, 86)], s.dark, 3)


def bottle(s: Sketch) -> None:
    s.box(44, 12, 56, 24, s.dark, 2)
    s.box(36, 24, 64, 84, s.ink, 9)
    s.box(36, 48, 64, 66, s.trim, 0)


def book(s: Sketch) -> None:
    s.box(28, 18, 74, 84, s.ink, 3)
    s.box(28, 18, 35, 84, s.dark, 2)
    s.box(42, 30, 67, 44, s.trim, 2)
    s.line([(44, 52), (65, 52)], s.trim, 1.5)


def plant(s: Sketch) -> None:
    for x1, x2 in ((30, 46), (54, 70), (42, 58)):
        s.line([(50, 60), ((x1 + x2) / 2, 36)], s.dark, 1.5)
        s.ellipse(x1, 16 + abs(50 - (x1 + x2) / 2) * 0.6, x2, 46, s.trim)
    s.polygon([(34, 58), (66, 58), (61, 84), (39, 84)], s.ink)


def headphones(s: Sketch) -> None:
    s.arc((24, 16, 76, 76), 180, 360, s.dark, 5)
    s.box(18, 46, 34, 76, s.ink, 7)
    s.box(66, 46, 82, 76, s.ink, 7)
    s.box(30, 50, 36, 72, s.trim, 3)
    s.box(64, 50, 70, 72, s.trim, 3)


def device(s: Sketch) -> None:
    s.box(24, 24, 76, 68, s.dark, 5)
    s.box(28, 28, 72, 64, s.trim, 2)
    s.box(32, 34, 52, 38, s.ink, 1)
    s.box(32, 44, 62, 48, s.ink, 1)
    s.box(18, 68, 82, 76, s.ink, 4)


def watch(s: Sketch) -> None:
    s.box(40, 10, 60, 90, s.ink, 5)
    s.ellipse(26, 26, 74, 74, s.dark)
    s.ellipse(31, 31, 69, 69, s.trim)
    s.line([(50, 50), (50, 37)], s.dark, 1.8)
    s.line([(50, 50), (60, 54)], s.dark, 1.8)


def tent(s: Sketch) -> None:
    s.polygon([(50, 20), (88, 82), (12, 82)], s.ink)
    s.polygon([(50, 34), (64, 82), (36, 82)], s.dark)
    s.polygon([(50, 34), (50, 82), (36, 82)], s.trim)


def candle(s: Sketch) -> None:
    s.box(32, 44, 68, 84, s.trim, 5)
    s.box(32, 56, 68, 74, s.ink, 0)
    s.line([(50, 44), (50, 36)], s.dark, 1.2)
    s.polygon([(50, 16), (57, 32), (50, 39), (43, 32)], s.ink)


def blocks(s: Sketch) -> None:
    s.box(22, 54, 48, 82, s.ink, 3)
    s.box(52, 54, 78, 82, s.trim, 3)
    s.box(37, 24, 63, 52, s.dark, 3)
    s.ellipse(44, 31, 56, 45, s.trim)


def blanket(s: Sketch) -> None:
    for index, y in enumerate((30, 46, 62)):
        s.box(22, y, 78, y + 18, s.ink if index % 2 == 0 else s.trim, 7)
        s.line([(28, y + 9), (72, y + 9)], s.dark, 0.8)


def bicycle(s: Sketch) -> None:
    for x in (30, 70):
        s.arc((x - 17, 46, x + 17, 80), 0, 360, s.dark, 2.5)
    s.line([(30, 63), (44, 40), (62, 40), (50, 63), (30, 63)], s.ink, 2.5)
    s.line([(50, 63), (44, 40), (42, 33)], s.ink, 2.5)
    s.line([(70, 63), (61, 34), (68, 31)], s.ink, 2.5)
    s.box(36, 31, 48, 34, s.dark, 1)


_ALL = [shirt, jacket, shoe, bag, mug, lamp, chair, bottle, book, plant, headphones, device]
_ALL += [watch, tent, candle, blocks, blanket, bicycle]
MOTIFS: dict[str, Callable[[Sketch], None]] = {motif.__name__: motif for motif in _ALL}


def draw(motif: str, seed: str) -> bytes:
    """A PNG of `motif` (a key of `MOTIFS`); the same seed gives the same colours."""
    sketch = Sketch(seed)
    MOTIFS[motif](sketch)
    return sketch.png()
