"""Where the arrows of a drawn playbook run: square, between the boxes, in lanes of their own.

Boxes stand in a grid. Between two columns is a gutter, between two rows a corridor; arrows keep to these. All arrows
into one box share its lane, as all out of one box do, so that lines meet where they have something in common and
nowhere else. From a box to the next in its row an arrow is straight.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

WIDTH, HEIGHT = 150, 90
"""Of a box."""
MARGIN, TOP = 16, 44
"""Around the picture, and above the first row, where the phases are named."""
LANE, CORNER, TIP = 8, 5, 4
"""Between two lines, of a bend, and what an arrow's end stays away from its box."""
BEFORE_TIP = 16
OUT, IN, BACK_OUT, BACK_IN = 34, 50, 66, 78
"""Where an arrow leaves and enters, below a box's top: each at a height of its own, so that none runs upon another."""
LEAST_GUTTER, LEAST_CORRIDOR = 40, 26
Cell = tuple[int, int]
Move = tuple[str, str]
KINDS = ("back", "out", "left", "in")
"""Of what runs in a gutter, from left to right: back into the box on its left, out of that one; back out of the box on
its right, into that one."""
Track = tuple[str, str]
"""A kind, and the box."""


@dataclass(frozen=True, slots=True)
class _Way:
    """One arrow in the words of the grid: lanes up and down, and between them one across, where it needs one."""

    leaves_left: bool
    enters_right: bool
    first: tuple[int, Track] | None = None
    corridor: tuple[int, Track] | None = None
    last: tuple[int, Track] | None = None


@dataclass(slots=True)
class _Lanes:
    """The lanes of one gutter or corridor: what runs in each, and from where to where."""

    spans: dict[Track, list[float]] = field(default_factory=dict)
    lane: dict[Track, int] = field(default_factory=dict)
    count: int = 0

    def add(self, track: Track, *places: float) -> None:
        self.spans.setdefault(track, []).extend(places)

    def settle(self) -> None:
        """Give each its lane: those of a kind side by side, the shorter the nearer to their boxes; two that touch
        never in one."""
        taken: list[list[tuple[float, float]]] = []
        for kind in KINDS:
            first = len(taken)
            for track in sorted((one for one in self.spans if one[0] == kind), key=self._by_length):
                low, high = min(self.spans[track]), max(self.spans[track])
                free = (
                    number for number in range(first, len(taken))
                    if all(high < lower or upper < low for lower, upper in taken[number])
                )  # fmt: skip
                number = next(free, len(taken))
                if number == len(taken):
                    taken.append([])
                taken[number].append((low, high))
                self.lane[track] = number
        self.count = len(taken)

    def _by_length(self, track: Track) -> tuple[float, str]:
        length = max(self.spans[track]) - min(self.spans[track])
        return (length if track[0] in ("back", "out") else -length), track[1]


class Grid:
    """Boxes at their places, and the arrows between them."""

    def __init__(self, cells: Mapping[str, Cell], moves: Iterable[Move]) -> None:
        self.cells = cells
        self._standing = set(cells.values())
        self._columns = max((column for column, _ in cells.values()), default=0) + 1
        self._rows = max((row for _, row in cells.values()), default=0) + 1
        self._gutters: dict[int, _Lanes] = defaultdict(_Lanes)
        self._corridors: dict[int, _Lanes] = defaultdict(_Lanes)
        self._ways = {move: self._way(*move) for move in moves}
        for lanes in (*self._gutters.values(), *self._corridors.values()):
            lanes.settle()
        self._left, self._above = self._places()

    # -- the grid in pixels ----------------------------------------------------------------------------------------

    @property
    def width(self) -> int:
        return self._left[-1] + WIDTH + MARGIN

    @property
    def height(self) -> int:
        return self._above[-1] + HEIGHT + self._deep(self._rows) + MARGIN

    def column(self, number: int) -> int:
        """The left side of a column."""
        return self._left[number]

    def place(self, name: str) -> tuple[int, int]:
        """The upper left corner of a box."""
        column, row = self.cells[name]
        return self._left[column], self._above[row]

    def _places(self) -> tuple[list[int], list[int]]:
        left, above = [MARGIN + (self._wide(-1) if -1 in self._gutters else 0)], [TOP + self._deep(0)]
        for column in range(self._columns - 1):
            left.append(left[-1] + WIDTH + self._wide(column))
        for row in range(1, self._rows):
            above.append(above[-1] + HEIGHT + self._deep(row))
        return left, above

    def _wide(self, gutter: int) -> int:
        lanes = self._gutters[gutter].count if gutter in self._gutters else 0
        return max(LEAST_GUTTER, LANE * (lanes + 1) + 2 * BEFORE_TIP)

    def _deep(self, corridor: int) -> int:
        lanes = self._corridors[corridor].count if corridor in self._corridors else 0
        inside = 0 < corridor < self._rows
        return max(LEAST_CORRIDOR if inside else 0, LANE * (lanes + 2) if lanes else 0)

    def _x(self, gutter: int, track: Track) -> int:
        begin = MARGIN if gutter < 0 else self._left[gutter] + WIDTH
        return begin + BEFORE_TIP + LANE * (self._gutters[gutter].lane[track] + 1)

    def _y(self, corridor: int, track: Track) -> int:
        begin = self._above[corridor] - self._deep(corridor) if corridor < self._rows else self._above[-1] + HEIGHT
        return begin + LANE * (self._corridors[corridor].lane[track] + 1)

    # -- ways --------------------------------------------------------------------------------------------------------

    def _way(self, source: str, target: str) -> _Way:
        (start, row), (end, into) = self.cells[source], self.cells[target]
        leaves_left, enters_right = end <= start, end < start
        gutter_out = start - 1 if leaves_left else start
        gutter_in = end if enters_right else end - 1
        entering: Track = ("back" if enters_right else "in", target)
        leaving: Track = ("left" if leaves_left else "out", source)
        at = row + (BACK_OUT if leaves_left else OUT) / HEIGHT
        to = into + (BACK_IN if enters_right else IN) / HEIGHT
        between = range(min(start, end) + 1, max(start, end))
        is_free = not any((column, row) in self._standing for column in between)
        if row == into and is_free:
            return _Way(leaves_left, enters_right)
        if gutter_out == gutter_in or is_free:
            self._gutters[gutter_in].add(entering, at, to)
            return _Way(leaves_left, enters_right, (gutter_in, entering))
        corridor = self._nearest(at, to, entering)
        self._gutters[gutter_out].add(leaving, at, corridor)
        self._corridors[corridor].add(entering, gutter_out, gutter_in)
        self._gutters[gutter_in].add(entering, corridor, to)
        return _Way(leaves_left, enters_right, (gutter_out, leaving), (corridor, entering), (gutter_in, entering))

    def _nearest(self, at: float, to: float, track: Track) -> int:
        """The corridor that makes the way short; the same way counts half again where others run already."""

        def cost(corridor: int) -> tuple[float, int]:
            others = len(set(self._corridors[corridor].spans) - {track}) if corridor in self._corridors else 0
            return abs(at - corridor) + abs(to - corridor) + others * 0.15, corridor

        return min(range(self._rows + 1), key=cost)

    def path(self, move: Move) -> str:
        """The arrow as an SVG path."""
        way = self._ways[move]
        (x1, y1), (x2, y2) = self.place(move[0]), self.place(move[1])
        begin = (x1, y1 + BACK_OUT) if way.leaves_left else (x1 + WIDTH, y1 + OUT)
        end = (x2 + WIDTH + TIP, y2 + BACK_IN) if way.enters_right else (x2 - TIP, y2 + IN)
        if way.first is None:
            return f"M{begin[0]} {begin[1]}L{end[0]} {begin[1]}"
        points = [begin, (self._x(*way.first), begin[1])]
        if way.corridor is not None and way.last is not None:
            across = self._y(*way.corridor)
            points += [(points[-1][0], across), (self._x(*way.last), across)]
        points += [(points[-1][0], end[1]), end]
        return _rounded(points)


def _rounded(points: Sequence[tuple[int, int]]) -> str:
    """A line through the points with bent corners; a point on the way between its neighbours bends nothing."""
    straight: list[tuple[int, int]] = []
    for point in points:
        if straight and point == straight[-1]:
            continue
        if len(straight) > 1 and (straight[-2][0] == straight[-1][0] == point[0] or (
            straight[-2][1] == straight[-1][1] == point[1]
        )):
            straight[-1] = point
        else:
            straight.append(point)
    out = [f"M{straight[0][0]} {straight[0][1]}"]
    for before, at, after in zip(straight, straight[1:], straight[2:], strict=False):
        (x1, y1), (x2, y2) = _toward(at, before), _toward(at, after)
        out.append(f"L{x1} {y1}Q{at[0]} {at[1]} {x2} {y2}")
    return "".join([*out, f"L{straight[-1][0]} {straight[-1][1]}"])


def _toward(at: tuple[int, int], other: tuple[int, int]) -> tuple[int, int]:
    """A point a bend's length from one towards the other; half of the way where that is short."""
    dx, dy = other[0] - at[0], other[1] - at[1]
    step = min(CORNER, (abs(dx) + abs(dy)) // 2)
    return at[0] + (dx > 0) * step - (dx < 0) * step, at[1] + (dy > 0) * step - (dy < 0) * step
