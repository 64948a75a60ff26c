# ruff: noqa: E501 – sentences and tables stay on one line; a Chinese sign counts as two columns
"""Photos and papers that the stories hand in: plain drawings, made here, each a little different."""

from collections.abc import Callable
from functools import cache
from io import BytesIO

from PIL import Image, ImageDraw

SIZE = (480, 360)
VARIANTS = 4
"""So many drawings of each kind; files are kept by content, so a few go a long way."""

Draw = ImageDraw.ImageDraw


def _sole(draw: Draw, shift: int) -> None:
    draw.rounded_rectangle((60, 120, 420, 240), 60, fill="#3d3d42")
    for x in range(90, 400, 22):
        draw.line((x, 130, x + 10, 230), fill="#55555c", width=4)
    crack = [(200 + shift, 118), (214 + shift, 150), (196 + shift, 178), (216 + shift, 206), (202 + shift, 242)]
    draw.line(crack, fill="#e9dfd2", width=7)


def _shoe(draw: Draw, shift: int) -> None:
    draw.polygon([(80, 230), (90, 140), (170, 120), (260, 180), (400, 200), (410, 240)], fill="#8a5a3c")
    draw.rectangle((78, 236, 414, 262), fill="#efe9e0")
    draw.line([(150 + shift, 150), (200 + shift, 176), (236 + shift, 172)], fill="#f7f1e8", width=5)


def _bag(draw: Draw, shift: int) -> None:
    draw.rounded_rectangle((130, 130, 350, 300), 24, fill="#47627a")
    draw.arc((170, 60, 310, 210), 180, 350 - shift, fill="#2e4152", width=10)
    draw.ellipse((280 + shift, 112, 306 + shift, 138), outline="#d0a23c", width=5)


def _appliance(draw: Draw, shift: int) -> None:
    draw.rounded_rectangle((150, 70, 330, 280), 30, fill="#f4f5f6", outline="#9aa0a6", width=4)
    draw.rectangle((190, 110, 290, 160), fill="#22282e")
    draw.ellipse((110 + shift, 282, 380 + shift, 326), fill="#a9cbe4")


def _burn(draw: Draw, shift: int) -> None:
    draw.rounded_rectangle((180, 110, 300, 250), 16, fill="#ece7df", outline="#8c8478", width=4)
    draw.ellipse((190 + shift, 150, 280 + shift, 240), fill="#2a211b")
    draw.ellipse((215 + shift, 175, 255 + shift, 215), fill="#7a3b1d")
    draw.rectangle((205, 60, 220, 112), fill="#b9b2a6")
    draw.rectangle((260, 60, 275, 112), fill="#6b6459")


def _clothes(draw: Draw, shift: int) -> None:
    outline = [(150, 80), (200, 100), (280, 100), (330, 80), (400, 150), (350, 180), (340, 310), (140, 310), (130, 180)]
    draw.polygon([*outline, (80, 150)], fill="#6f8f6b")
    draw.ellipse((210 + shift, 200, 290 + shift, 262), fill="#4d5f3d")


def _snack(draw: Draw, shift: int) -> None:
    draw.rounded_rectangle((150, 70, 330, 300), 18, fill="#c9762f")
    draw.rectangle((150, 100, 330, 140), fill="#fff3dc")
    for x, y in ((190, 200), (240, 230), (280, 190), (220, 260)):
        draw.ellipse((x + shift // 2, y, x + 30 + shift // 2, y + 22), fill="#8aa05c")


def _box(draw: Draw, shift: int) -> None:
    draw.polygon([(90, 150), (240, 100), (400, 150), (390, 300), (240, 330), (100, 300)], fill="#b98b56")
    draw.line([(90, 150), (240, 190), (400, 150)], fill="#8f673a", width=5)
    draw.line((240, 190, 240, 330), fill="#8f673a", width=5)
    draw.polygon(
        [(100, 300), (150 + shift, 235), (240, 262), (320, 228 + shift), (390, 300), (240, 330)], fill="#74512c"
    )


def _label(draw: Draw, shift: int) -> None:
    draw.rounded_rectangle((140, 60, 340, 310), 10, fill="#fbfaf7", outline="#7d7d7d", width=3)
    draw.ellipse((230, 74, 250, 94), outline="#7d7d7d", width=3)
    for number in range(7):
        draw.rectangle(
            (165, 120 + number * 20, 220 + (number * 37 + shift * 3) % 100, 128 + number * 20), fill="#555555"
        )
    for x in range(165, 310, 6):
        draw.rectangle((x, 270, x + (x * 7 + shift) % 4 + 1, 298), fill="#222222")


def _screen(draw: Draw, shift: int) -> None:
    draw.rounded_rectangle((150, 30, 330, 330), 22, fill="#1d2126")
    draw.rectangle((162, 54, 318, 306), fill="#f6f7f8")
    draw.rectangle((172, 66, 308, 160), fill="#d9c7a8")
    for number in range(6):
        draw.rectangle(
            (172, 176 + number * 20, 230 + (number * 29 + shift * 2) % 76, 184 + number * 20), fill="#8b9198"
        )


def _damage(draw: Draw, shift: int) -> None:
    draw.rectangle((0, 0, 480, 150), fill="#d8d3ca")
    draw.rectangle((60 + shift, 60, 420 + shift, 76), fill="#fffbe6")
    draw.line([(200, 76), (214 + shift, 130), (196, 190), (220 + shift, 260)], fill="#5f5a52", width=6)
    draw.ellipse((150, 268, 330, 320), fill="#9fc0d8")


def _repaired(draw: Draw, shift: int) -> None:
    draw.rectangle((0, 0, 480, 200), fill="#e6e2da")
    draw.rectangle((60 + shift, 60, 420 + shift, 80), fill="#fffdf2")
    draw.rectangle((120, 200, 360, 300), fill="#a8845a")


def _voucher(draw: Draw, shift: int) -> None:
    draw.rectangle((70, 60, 410, 300), fill="#fffefa", outline="#b23a2e", width=3)
    draw.rectangle((70, 60, 410, 96), fill="#b23a2e")
    for number in range(7):
        draw.rectangle(
            (95, 118 + number * 22, 190 + (number * 41 + shift * 5) % 180, 126 + number * 22), fill="#5a5a5a"
        )
    draw.ellipse((310, 210, 390, 290), outline="#b23a2e", width=5)


DRAWINGS: dict[str, tuple[Callable[[Draw, int], None], str, str]] = {
    "sole": (_sole, "#d7cdbd", "鞋底"), "shoe": (_shoe, "#dfe3e6", "鞋"), "bag": (_bag, "#e8e2d6", "包"),
    "appliance": (_appliance, "#dcd6cc", "机器"), "burn": (_burn, "#c9c2b5", "烧痕"), "clothes": (_clothes, "#eceae4", "衣服"),
    "snack": (_snack, "#e9e4da", "零食"), "wet_box": (_box, "#cfd4d6", "湿箱子"), "label": (_label, "#cbbfae", "吊牌"),
    "screenshot": (_screen, "#b9c0c6", "截图"), "damage": (_damage, "#bdb6aa", "损坏处"),
    "repaired": (_repaired, "#d5cec1", "修好后"), "voucher": (_voucher, "#e3e0d8", "回单"),
}  # fmt: skip


@cache
def picture(kind: str, variant: int = 0) -> tuple[str, bytes]:
    """Name and JPEG of a drawing; the same kind and variant give the same bytes."""
    draw_it, ground, title = DRAWINGS[kind]
    image = Image.new("RGB", SIZE, ground)
    draw_it(ImageDraw.Draw(image), variant % VARIANTS * 9)
    content = BytesIO()
    image.save(content, "JPEG", quality=82)
    return f"{title}{variant % VARIANTS + 1}.jpg", content.getvalue()


def paper(title: str, lines: list[str]) -> tuple[str, bytes]:
    """A plain text document, such as a payment slip or a test report."""
    return f"{title}.txt", "\n".join([title, "", *lines, ""]).encode()
