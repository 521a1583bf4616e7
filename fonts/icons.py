"""Signs of the interface, drawn on a grid of 24 by 24 with a stroke of 2, for private code points of the symbol face.

Strokes have round ends and are filled outlines, so that they take all grays of a panel like any letter.
"""

import math

from fontTools.pens.ttGlyphPen import TTGlyphPen

GRID, STROKE = 24, 2.0
DESCENT = 4.0  # of the grid that stands below the baseline: a sign then sits on the middle of capitals
CORNERS = 24  # of a circle


def circle(x, y, radius, first=0.0, last=360.0):
    """Points of an arc, counter-clockwise from the right, degrees."""
    steps = max(2, round(CORNERS * abs(last - first) / 360))
    angles = [math.radians(first + (last - first) * i / steps) for i in range(steps + 1)]
    return [(x + radius * math.cos(a), y + radius * math.sin(a)) for a in angles]


def disc(x, y, radius):
    return [circle(x, y, radius)[:-1]]


def line(*points, width=STROKE):
    """Outlines of a stroke through points: a quadrangle each, and a disc at every joint and end."""
    shapes = []
    for (ax, ay), (bx, by) in zip(points, points[1:]):
        length = math.hypot(bx - ax, by - ay)
        dx, dy = (bx - ax) / length * width / 2, (by - ay) / length * width / 2
        shapes.append([(ax + dy, ay - dx), (bx + dy, by - dx), (bx - dy, by + dx), (ax - dy, ay + dx)])
    return shapes + [shape for x, y in points for shape in disc(x, y, width / 2)]


def ring(x, y, radius):
    return line(*circle(x, y, radius))


def closed(*points):
    return line(*points, points[0])


def box(left, low, right, high):
    return closed((left, low), (right, low), (right, high), (left, high))


def filled(*points):
    """A polygon, turned counter-clockwise as all shapes are."""
    area = sum(ax * by - bx * ay for (ax, ay), (bx, by) in zip(points, points[1:] + points[:1]))
    return [list(points) if area > 0 else list(points)[::-1]]


PENCIL = closed((4, 4), (5.5, 9), (16.5, 20), (20.5, 16), (9, 5)) + line((13.5, 17), (17.5, 13))
RIBBON = ((6, 3), (6, 21), (18, 21), (18, 3), (12, 8.5))
STAR = [(12 + (10 if i % 2 == 0 else 3) * math.cos(math.pi * i / 4), 12 + (10 if i % 2 == 0 else 3) * math.sin(math.pi * i / 4))
        for i in range(8)]
MOON = circle(11, 12, 9, 60, 330) + circle(16, 15, 7.6, 275, 125)

# Name and shapes, from U+E000 on. firmware/reader/icons.h names them in this order.
ICONS = [
    ("back", line((15, 20), (7, 12), (15, 4))),
    ("ahead", line((9, 20), (17, 12), (9, 4))),
    ("check", line((4, 12), (9.5, 6), (20, 18.5))),
    ("library", box(3, 3, 8, 21) + box(8, 3, 13, 21) + closed((14.5, 19.8), (17.8, 20.8), (21.5, 4.2), (18.2, 3.2))
     + line((3, 8), (13, 8))),
    ("letters", line((2, 4), (7.5, 20), (13, 4)) + line((4, 9.5), (11, 9.5)) + ring(18, 8, 4) + line((22, 12), (22, 4))),
    ("contents", disc(4, 19, 1.6) + line((9, 19), (21, 19)) + disc(4, 12, 1.6) + line((9, 12), (21, 12))
     + disc(4, 5, 1.6) + line((9, 5), (21, 5))),
    ("bookmark", closed(*RIBBON)),
    ("bookmarked", filled(*RIBBON) + closed(*RIBBON)),
    ("marks", closed((3, 5), (3, 21), (10, 21), (10, 5), (6.5, 8.5)) + line((14, 20), (21, 20)) + line((14, 14), (21, 14))
     + line((14, 8), (21, 8))),
    ("search", ring(10, 14, 7) + line((15.2, 8.8), (21, 3), width=2.6)),
    ("more", disc(4, 12, 2) + disc(12, 12, 2) + disc(20, 12, 2)),
    ("go", line((3, 12), (15, 12)) + line((10, 17), (15, 12), (10, 7)) + line((20, 4), (20, 20))),
    ("return", line((8, 20), (3, 15), (8, 10)) + line((3, 15), (15, 15), *circle(15, 9.5, 5.5, 90, -90)[1:], (8, 4))),
    ("highlight", PENCIL + line((13, 3.5), (21, 3.5))),
    ("notes", line((3, 20), (21, 20)) + line((3, 15), (21, 15)) + line((3, 9.5), (10, 9.5)) + line((3, 4), (17, 4))),
    ("about", ring(12, 12, 9) + disc(12, 16.4, 1.4) + line((12, 12.5), (12, 7.5))),
    ("person", ring(12, 16, 4.6) + line(*circle(12, 2.5, 8.5, 0, 180), (20.5, 2.5))),
    ("settings", line((3, 19), (21, 19)) + disc(15, 19, 3) + line((3, 12), (21, 12)) + disc(8, 12, 3)
     + line((3, 5), (21, 5)) + disc(16, 5, 3)),
    ("help", ring(12, 12, 9) + line(*circle(12, 14, 3, 170, -60), (12, 10.4), (12, 9.6)) + disc(12, 6.6, 1.4)),
    ("clean", filled(*STAR)),
    ("sleep", filled(*MOON)),
    ("battery", box(2, 7, 19, 17) + filled((20, 10), (22.5, 10), (22.5, 14), (20, 14)) + filled((4, 9), (7, 9), (7, 15), (4, 15))),
    ("plus", line((12, 4), (12, 20)) + line((4, 12), (20, 12))),
    ("remove", line((5, 5), (19, 19)) + line((5, 19), (19, 5))),
    ("write", PENCIL),
    ("home", line((3, 11), (12, 20), (21, 11)) + line((6, 9), (6, 4), (18, 4), (18, 9))),
    ("sort", line((3, 19), (21, 19)) + line((6, 12), (18, 12)) + line((10, 5), (14, 5))),
    ("sheet", closed((4, 2), (4, 22), (14, 22), (20, 16), (20, 2)) + line((14, 22), (14, 16), (20, 16)) + line((8, 11), (16, 11))
     + line((8, 6.5), (16, 6.5))),
    ("lock", box(5, 3, 19, 12.5) + line((8, 12.5), (8, 16), *circle(12, 16, 4, 180, 0)[1:], (16, 12.5)) + disc(12, 8, 1.4)),
]
FIRST = 0xE000


def glyph(shapes, units):
    """One glyph of shapes, in a square em of so many units."""
    pen = TTGlyphPen(None)
    for shape in shapes:
        points = [(round(x * units / GRID), round((y - DESCENT) * units / GRID)) for x, y in shape]
        points = [p for i, p in enumerate(points) if p != points[i - 1]][::-1]  # TrueType fills clockwise
        pen.moveTo(points[0])
        for point in points[1:]:
            pen.lineTo(point)
        pen.closePath()
    return pen.glyph()


def add(font):
    """Put the signs into a TrueType font."""
    units = font["head"].unitsPerEm
    names = ["icon." + name for name, _ in ICONS]
    font.setGlyphOrder(font.getGlyphOrder() + names)
    for number, (name, shapes) in enumerate(ICONS):
        drawn = glyph(shapes, units)
        font["glyf"]["icon." + name] = drawn
        drawn.recalcBounds(font["glyf"])
        font["hmtx"]["icon." + name] = (units, drawn.xMin)
        for table in font["cmap"].tables:
            if table.isUnicode():
                table.cmap[FIRST + number] = "icon." + name
