"""Chairs: they face +x, the back is at low x."""

from itertools import pairwise

import numpy as np

from core.data.builtin.assembly import Assembly
from core.data.builtin.dice import Colour, Dice, shaded


def chair(dice: Dice, parts: Assembly) -> None:
    """Dining, armchair, office, sled, stool, club and rocking chairs."""
    style = dice.pick(
        ("legs", "office", "pedestal", "sled", "club", "stool", "rocker", "shell"), (9, 4, 2, 3, 4, 2, 1, 2)
    )
    frame, cover = dice.surface(), dice.fabric() if dice.chance(0.6) else dice.surface()
    if style == "club":
        _club_chair(dice, parts, cover, frame)
        return
    width, depth = dice.real(0.4, 0.6), dice.real(0.38, 0.58)
    seat = dice.real(0.4, 0.5) if style != "stool" else dice.real(0.45, 0.8)
    thick = dice.real(0.03, 0.1)
    top = seat + dice.real(0.35, 0.75)
    if style == "shell":
        _shell(dice, parts, seat, width, depth, top, cover)
    else:
        if dice.chance(0.25):
            parts.lathe([(width / 2, 0), (width / 2, thick)], (0, seat - thick, 0), cover)
        else:
            narrow = dice.real(0.75, 1.0) * width / 2
            outline = [(-depth / 2, -narrow), (depth / 2, -width / 2), (depth / 2, width / 2), (-depth / 2, narrow)]
            parts.prism(outline, "y", seat - thick, seat, cover)
    _chair_base(dice, parts, style, seat - thick, width, depth, frame)
    if style != "stool":
        if style != "shell":
            _chair_back(dice, parts, seat, top, width, depth, frame, cover)
        if dice.chance(0.45):
            _arms(dice, parts, seat, width, depth, frame)


def _chair_base(
    dice: Dice, parts: Assembly, style: str, under: float, width: float, depth: float, colour: Colour
) -> None:
    r = dice.real(0.015, 0.035)
    x, z = depth / 2 - r, width / 2 - r
    if style in ("office", "pedestal") or (style in ("stool", "shell") and dice.chance(0.4)):
        foot = dice.real(0.24, 0.34)
        if style == "office" or dice.chance(0.3):
            spokes = dice.whole(4, 5)
            for k in range(spokes):
                a = 2 * np.pi * k / spokes + 0.3
                tip = (foot * np.cos(a), 0.05, foot * np.sin(a))
                parts.rod((0, 0.09, 0), tip, 0.025, colour, sides=8)
                parts.ellipsoid((tip[0], 0.03, tip[2]), (0.035, 0.035, 0.035), dice.dark())
        else:
            parts.lathe([(foot, 0), (foot * 0.9, 0.03), (0.05, 0.06)], (0, 0, 0), colour)
        parts.rod((0, 0.05, 0), (0, under, 0), dice.real(0.025, 0.05), colour)
    elif style == "sled":
        for side in (-z, z):
            parts.path([(x, under, side), (x, r, side), (-x, r, side), (-x, under, side)], r, colour)
            if dice.chance(0.5):
                break_x = x - 0.05
                parts.rod((break_x, r, -z), (break_x, r, z), r, colour, sides=8)
    else:
        splay = dice.real(0.0, 0.09)
        count = 3 if style == "stool" and dice.chance(0.3) else 4
        square = dice.chance(0.45)
        spots = [(x, z), (x, -z), (-x, z), (-x, -z)] if count == 4 else [(x, z), (x, -z), (-x, 0)]
        for px, pz in spots:
            foot_at = (px + np.sign(px) * splay, 0.0, pz + np.sign(pz) * splay)
            parts.rod((px, under, pz), foot_at, r * 1.3, colour, r, sides=4 if square else 10)
        if dice.chance(0.5) and count == 4:
            y = dice.real(0.25, 0.55) * under
            for side in (-z, z):
                parts.rod((x, y, side), (-x, y, side), r * 0.7, colour, sides=6)
            if dice.chance(0.5):
                parts.rod((0, y, -z), (0, y, z), r * 0.7, colour, sides=6)
        if style == "rocker":
            for side in (-z, z):
                bow = [(t * 0.42, 0.35 * t * t * 0.42, side) for t in np.linspace(-1, 1, 9)]
                parts.path(bow, r, colour)


def _chair_back(
    dice: Dice, parts: Assembly, seat: float, top: float, width: float, depth: float, frame: Colour, cover: Colour
) -> None:
    mark = parts.mark()
    kind = dice.pick(("solid", "slats", "bars", "open", "ladder", "round", "pad"), (4, 3, 2, 2, 2, 1, 3))
    x, z, t = -depth / 2 + 0.02, width / 2 - 0.025, dice.real(0.025, 0.06)
    high = top - seat
    if kind == "solid":
        parts.block((x - t / 2, seat - 0.03, -z), (x + t / 2, top, z), cover)
    elif kind == "pad":
        low = seat + dice.real(0.1, 0.3) * high
        parts.block((x - t / 2, low, -z), (x + t, top, z), cover)
        if dice.chance(0.5):
            parts.block((x - t / 2, seat - 0.05, -0.05), (x, low + 0.05, 0.05), frame)
        else:
            for side in (-z * 0.7, z * 0.7):
                parts.rod((x, seat - 0.03, side), (x, low + 0.05, side), 0.02, frame, sides=8)
    elif kind == "round":
        ring = [(x, seat - 0.02, -z), (x, seat + 0.5 * high, -z)]
        ring += [(x, seat + high * (0.5 + 0.5 * np.sin(a)), -z * np.cos(a)) for a in np.linspace(0.3, 2.84, 8)]
        ring += [(x, seat + 0.5 * high, z), (x, seat - 0.02, z)]
        parts.path(ring, t * 0.6, frame)
        for k in range(dice.whole(0, 3)):
            side = (k - 1) * z * 0.5
            parts.rod((x, seat, side), (x, seat + 0.85 * high, side), 0.015, frame, sides=6)
    else:
        for side in (-z, z):
            parts.rod((x, seat - 0.05, side), (x, top, side), t * 0.6, frame, sides=8)
        parts.block((x - t / 2, top - dice.real(0.06, 0.18), -z), (x + t / 2, top, z), frame)
        if kind == "slats":
            for pz in np.linspace(-z, z, dice.whole(4, 6))[1:-1]:
                parts.box((x, seat + high / 2, pz), (t * 0.6, high, dice.real(0.03, 0.06)), frame)
        elif kind == "bars":
            for pz in np.linspace(-z, z, dice.whole(4, 8))[1:-1]:
                parts.rod((x, seat, pz), (x, top, pz), 0.012, frame, sides=6)
        elif kind == "ladder":
            for y in np.linspace(seat, top, dice.whole(4, 6))[1:-1]:
                parts.box((x, y, 0), (t * 0.8, dice.real(0.04, 0.07), 2 * z), frame)
    parts.shear_since(mark, "x", "y", -dice.real(0.0, 0.3), seat)


def _arms(dice: Dice, parts: Assembly, seat: float, width: float, depth: float, colour: Colour) -> None:
    y, z = seat + dice.real(0.17, 0.26), width / 2
    front = depth / 2 - dice.real(0.0, 0.15)
    r = dice.real(0.018, 0.03)
    kind = dice.pick(("post", "loop", "solid"), (3, 2, 1))
    for side in (-z, z):
        if kind == "solid":
            parts.block((-depth / 2, seat - 0.05, side - 0.03), (front, y, side + 0.03), colour)
            continue
        parts.box(((front - depth / 2) / 2, y, side), (front + depth / 2, 0.035, 0.055), colour)
        if kind == "post":
            parts.rod((front - 0.05, seat - 0.04, side), (front - 0.05, y, side), r, colour, sides=8)
        else:
            parts.path([(front - 0.02, y, side), (0.03, seat - 0.04, side)], r, colour)


def _shell(dice: Dice, parts: Assembly, seat: float, width: float, depth: float, top: float, colour: Colour) -> None:
    """A bent shell: seat, curve and back in one skin."""
    line = [(depth / 2, seat), (0.0, seat - 0.02), (-depth * 0.4, seat + 0.02), (-depth * 0.52, seat + 0.12)]
    line += [(-depth * 0.6, (seat + top) / 2), (-depth * 0.66, top)]
    waist = dice.real(0.7, 1.0)
    for k, ((x0, y0), (x1, y1)) in enumerate(pairwise(line)):
        w0, w1 = (width / 2 * (waist if k + d >= 4 else 1.0) for d in (0, 1))
        rings = []
        for x, y, w in ((x0, y0, w0), (x1, y1, w1)):
            rings.append(
                np.array([[x, y - 0.015, -w], [x, y - 0.015, w], [x - 0.015, y + 0.015, w], [x - 0.015, y + 0.015, -w]])
            )
        parts.loft(rings, colour)


def _club_chair(dice: Dice, parts: Assembly, cover: Colour, frame: Colour) -> None:
    """An upholstered armchair; solid, or a tub, or a wing chair with a footrest."""
    width, depth, foot = dice.real(0.7, 0.95), dice.real(0.65, 0.9), dice.real(0.0, 0.15)
    seat, back, arm = dice.real(0.36, 0.45), dice.real(0.7, 1.1), dice.real(0.55, 0.66)
    t, x, z = dice.real(0.1, 0.18), depth / 2, width / 2
    if dice.chance(0.3):
        profile = [(z, foot), (z, seat)]
        parts.lathe(profile, (0, 0, 0), cover)
        for a in np.linspace(np.pi / 2.6, 2 * np.pi - np.pi / 2.6, 11):
            height = arm + (back - arm) * max(0.0, -float(np.cos(a)))
            parts.rod(
                (z * 0.88 * np.cos(a), foot, z * 0.88 * np.sin(a)),
                (z * 0.88 * np.cos(a), height, z * 0.88 * np.sin(a)),
                t * 0.75,
                cover,
            )
    else:
        parts.block((-x, foot, -z), (x, seat - 0.1, z), cover)
        parts.block((-x + t, seat - 0.12, -z + t), (x + dice.real(0, 0.04), seat, z - t), shaded(cover, 1.12))
        mark = parts.mark()
        parts.block((-x, foot, -z + dice.real(0, t)), (-x + t * 1.1, back, z - dice.real(0, t)), cover)
        parts.shear_since(mark, "x", "y", -dice.real(0, 0.2), foot)
        if dice.chance(0.85):
            for side in (-1.0, 1.0):
                parts.block((-x, foot, side * z - t / 2), (x, arm, side * z + t / 2), cover)
                if dice.chance(0.4):
                    parts.rod((-x, arm, side * z), (x, arm, side * z), t * 0.65, cover)
        if dice.chance(0.15):
            parts.box((x + 0.2, seat - 0.15, 0), (0.45, 0.08, width - 2 * t), cover, "z", -20)
    if foot > 0.03:
        for px in (-x + 0.08, x - 0.08):
            for pz in (-z + 0.08, z - 0.08):
                parts.rod((px, 0, pz), (px, foot + 0.01, pz), 0.025, frame, 0.035, 8)
