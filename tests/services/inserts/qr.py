"""Reads a QR code from its modules, by ISO/IEC 18004, as the camera of a phone would.

Byte and alphanumeric segments, versions 1 to 10, one undamaged symbol: enough for a short link.
Error correction is not used, so what is read is what was printed.
"""

from __future__ import annotations

import base64
import re
import zlib
from collections.abc import Callable, Iterator, Sequence

Rows = Sequence[Sequence[bool]]

_MASKS: tuple[Callable[[int, int], bool], ...] = (
    lambda y, x: (y + x) % 2 == 0,
    lambda y, x: y % 2 == 0,
    lambda y, x: x % 3 == 0,
    lambda y, x: (y + x) % 3 == 0,
    lambda y, x: (y // 2 + x // 3) % 2 == 0,
    lambda y, x: y * x % 2 + y * x % 3 == 0,
    lambda y, x: (y * x % 2 + y * x % 3) % 2 == 0,
    lambda y, x: ((y + x) % 2 + y * x % 3) % 2 == 0,
)
_CENTRES: dict[int, tuple[int, ...]] = {
    1: (), 2: (6, 18), 3: (6, 22), 4: (6, 26), 5: (6, 30), 6: (6, 34), 7: (6, 22, 38),
    8: (6, 24, 42), 9: (6, 26, 46), 10: (6, 28, 50),
}  # fmt: skip
#: By level (as its two bits) and version: the data bytes of each block.
_BLOCKS: dict[int, dict[int, tuple[int, ...]]] = {
    0: {1: (16,), 2: (28,), 3: (44,), 4: (32, 32), 5: (43, 43), 6: (27,) * 4},  # M
    1: {1: (19,), 2: (34,), 3: (55,), 4: (80,), 5: (108,), 6: (68, 68)},  # L
    3: {1: (13,), 2: (22,), 3: (17, 17), 4: (24, 24), 5: (15, 15, 16, 16), 6: (19,) * 4},  # Q
    2: {1: (9,), 2: (16,), 3: (13, 13), 4: (9,) * 4, 5: (11, 11, 12, 12), 6: (15,) * 4},  # H
}
_SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"


def drawn_modules(drawn: bytes) -> list[list[bool]]:
    """Return the dark squares of the first page by the place where they stand on paper."""
    stream = re.findall(rb"stream\r?\n(.*?)~>", drawn, re.DOTALL)[0]
    content = zlib.decompress(base64.a85decode(stream)).decode("latin-1")
    number = r"(-?[\d.]+)"
    found = [
        tuple(map(float, place))
        for place in re.findall(rf"{number} {number} {number} {number} re", content)
    ]
    step = min(width for _, _, width, _ in found) / 1.02
    squares = [(x, y) for x, y, width, _ in found if width < 2 * step]
    left, top = min(x for x, _ in squares), max(y for _, y in squares)
    dark = {(round((top - y) / step), round((x - left) / step)) for x, y in squares}
    side = max(column for _, column in dark) + 1
    return [[(row, column) in dark for column in range(side)] for row in range(side)]


def decode(rows: Rows) -> str:
    """Return the text of a QR code."""
    version = (len(rows) - 17) // 4
    level, mask = _format(rows)
    bits = [
        rows[y][x] != _MASKS[mask](y, x)
        for y, x in _path(len(rows))
        if not _is_fixed(version, y, x)
    ]
    words = [_number(bits[start : start + 8]) for start in range(0, len(bits) - 7, 8)]
    return _text(_unwoven(words, _BLOCKS[level][version]), version)


def _format(rows: Rows) -> tuple[int, int]:
    places = [(8, x) for x in (0, 1, 2, 3, 4, 5, 7, 8)] + [(y, 8) for y in (7, 5, 4, 3, 2, 1, 0)]
    value = _number([rows[y][x] for y, x in places]) ^ 0b101010000010010
    return value >> 13, value >> 10 & 7


def _path(size: int) -> Iterator[tuple[int, int]]:
    upwards = True
    for right in (x for x in range(size - 1, 0, -2)):
        column = right if right > 6 else right - 1
        for y in range(size - 1, -1, -1) if upwards else range(size):
            yield y, column
            yield y, column - 1
        upwards = not upwards


def _is_fixed(version: int, y: int, x: int) -> bool:
    size = version * 4 + 17
    near = (y < 9 and (x < 9 or x >= size - 8)) or (y >= size - 8 and x < 9)
    if near or y == 6 or x == 6:
        return True
    centres = _CENTRES[version]
    corners = {(6, 6), (6, max(centres, default=0)), (max(centres, default=0), 6)}
    for middle in ((a, b) for a in centres for b in centres if (a, b) not in corners):
        if abs(y - middle[0]) <= 2 and abs(x - middle[1]) <= 2:
            return True
    versioned = version >= 7
    return versioned and ((y < 6 and x >= size - 11) or (x < 6 and y >= size - 11))


def _unwoven(words: Sequence[int], blocks: Sequence[int]) -> list[int]:
    parts: list[list[int]] = [[] for _ in blocks]
    place = 0
    for row in range(max(blocks)):
        for number, length in enumerate(blocks):
            if row < length:
                parts[number].append(words[place])
                place += 1
    return [word for part in parts for word in part]


def _text(words: Sequence[int], version: int) -> str:
    bits = [bool(word >> place & 1) for word in words for place in range(7, -1, -1)]
    raw = b""
    at = 0
    while len(bits) - at >= 4 and (mode := _number(bits[at : at + 4])):
        at += 4
        if mode == 7:  # says in which letters the bytes are; ours are UTF-8 always
            at += 8
            continue
        wide = (8 if version < 10 else 16) if mode == 4 else 9 if version < 10 else 11
        count, at = _number(bits[at : at + wide]), at + wide
        if mode == 4:
            raw += bytes(_number(bits[at + 8 * n : at + 8 * n + 8]) for n in range(count))
            at += 8 * count
        else:
            pairs, odd = divmod(count, 2)
            for n in range(pairs):
                pair = _number(bits[at + 11 * n : at + 11 * n + 11])
                raw += (_SIGNS[pair // 45] + _SIGNS[pair % 45]).encode()
            at += 11 * pairs
            if odd:
                raw += _SIGNS[_number(bits[at : at + 6])].encode()
                at += 6
    return raw.decode()


def _number(bits: Sequence[bool]) -> int:
    value = 0
    for bit in bits:
        value = value * 2 + bit
    return value
