"""Arrows of a drawn process: square, never through a box, and one line only where two arrows have an end in common."""

import re
from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuoshan.cases import library
from tuoshan.workbench.drawing import draw
from tuoshan.workbench.routing import CORNER, HEIGHT, TIP, WIDTH, Cell, Grid, Move

Point = tuple[int, int]
Stretch = tuple[Point, Point]
PROCESSES = ["complaint", "facility_repair", "pinduoduo_refund", "pinduoduo_return"]


def points(path: str) -> list[Point]:
    """The corners of an arrow, bends taken for corners."""
    found = [(int(x), int(y)) for x, y in re.findall(r"[MQ](\d+) (\d+)", path)]
    x, y = re.findall(r"L(\d+) (\d+)", path)[-1]
    return [*found, (int(x), int(y))]


def stretches(path: str) -> list[Stretch]:
    return [(min(a, b), max(a, b)) for a, b in pairwise(points(path)) if a != b]


def crosses_box(stretch: Stretch, corner: Point) -> bool:
    (x1, y1), (x2, y2) = stretch
    left, top = corner
    return x2 > left and x1 < left + WIDTH and y2 > top and y1 < top + HEIGHT


def overlap(one: Stretch, other: Stretch) -> int:
    """How long two stretches run on one line."""
    across = 0 if one[0][0] == one[1][0] else 1
    if one[0][across] != one[1][across] or other[0][across] != other[1][across] or one[0][across] != other[0][across]:
        return 0
    along = 1 - across
    return min(one[1][along], other[1][along]) - max(one[0][along], other[0][along])


def judge(corners: dict[str, Point], paths: dict[Move, str]) -> None:
    for (source, target), path in paths.items():
        begin, *_, end = points(path)
        assert begin[0] in (corners[source][0], corners[source][0] + WIDTH), (source, target)
        assert end[0] in (corners[target][0] - TIP, corners[target][0] + WIDTH + TIP), (source, target)
        for name, (_x, top) in (source, (0, begin[1])), (target, (0, end[1])):
            assert corners[name][1] < top < corners[name][1] + HEIGHT, (source, target)
        for stretch in stretches(path):
            assert stretch[0][0] == stretch[1][0] or stretch[0][1] == stretch[1][1], f"slanted: {path}"
            assert not any(crosses_box(stretch, corner) for corner in corners.values()), (source, target, path)
    for (one, first), (other, second) in combinations(paths.items(), 2):
        if one[0] == other[0] or one[1] == other[1]:
            continue
        shared = max((overlap(a, b) for a in stretches(first) for b in stretches(second)), default=0)
        assert shared <= CORNER, (one, other, first, second)


@pytest.mark.django_db
@pytest.mark.parametrize("name", PROCESSES)
def test_the_arrows_of_each_process_can_be_followed(name: str) -> None:
    drawing = draw(library.current(name))
    corners = {box.name: (box.x, box.y) for box in drawing.boxes}
    judge(corners, {(arrow.source, arrow.target): arrow.path for arrow in drawing.arrows})
    for arrow in drawing.arrows:
        assert all(0 <= x <= drawing.width and 0 <= y <= drawing.height for x, y in points(arrow.path)), arrow


@pytest.mark.django_db
@pytest.mark.parametrize("name", PROCESSES)
def test_what_is_done_stands_on_the_box_at_the_other_end(name: str) -> None:
    drawing = draw(library.current(name))
    corners = {box.name: (box.x, box.y) for box in drawing.boxes}
    for arrow in drawing.arrows:
        assert (arrow.going.x, arrow.going.y) == (corners[arrow.target][0] + WIDTH // 2, corners[arrow.target][1])
        assert arrow.coming.y == corners[arrow.source][1] + HEIGHT
        assert arrow.going.width <= WIDTH + 2


@st.composite
def pictures(draw_one: st.DrawFn) -> tuple[dict[str, Cell], list[Move]]:
    heights = draw_one(st.lists(st.integers(1, 5), min_size=1, max_size=5))
    cells = {f"{column}{row}": (column, row) for column, height in enumerate(heights) for row in range(height)}
    names = st.sampled_from(sorted(cells))
    moves = draw_one(st.lists(st.tuples(names, names), unique=True, max_size=30))
    return cells, [move for move in moves if move[0] != move[1]]


@given(pictures())
def test_any_process_can_be_followed(picture: tuple[dict[str, Cell], list[Move]]) -> None:
    cells, moves = picture
    grid = Grid(cells, moves)
    judge({name: grid.place(name) for name in cells}, {move: grid.path(move) for move in moves})
