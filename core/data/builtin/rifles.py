"""Rifles: the muzzle is at +x."""

from core.data.builtin.assembly import Assembly
from core.data.builtin.dice import Colour, Dice


def rifle(dice: Dice, parts: Assembly) -> None:
    """Hunting and sniper rifles, assault rifles, carbines, shotguns, bullpups, machine guns, muskets."""
    kind = dice.pick(
        ("assault", "sniper", "hunting", "shotgun", "bullpup", "machine", "musket", "smg"), (7, 4, 3, 2, 2, 2, 1, 2)
    )
    steel, grip = dice.dark() if dice.chance(0.75) else dice.metal(), dice.wood() if dice.chance(0.5) else dice.dark()
    if kind in ("hunting", "musket"):
        grip = dice.wood()
    thick = dice.real(0.045, 0.085)
    receiver = {"assault": 0.3, "bullpup": 0.5, "smg": 0.28, "machine": 0.4}.get(kind, 0.26) * dice.real(0.9, 1.15)
    barrel = {
        "assault": 0.4,
        "sniper": 0.65,
        "hunting": 0.62,
        "shotgun": 0.6,
        "bullpup": 0.25,
        "machine": 0.55,
        "musket": 0.8,
        "smg": 0.15,
    }[kind] * dice.real(0.85, 1.15)
    high = dice.real(0.08, 0.13)
    r = dice.real(0.014, 0.024)
    parts.block((0, -high / 2, -thick / 2), (receiver, high / 2, thick / 2), steel)
    parts.rod((receiver, 0.01, 0), (receiver + barrel, 0.01, 0), r, steel, sides=8)
    guard = barrel * (dice.real(0.4, 0.65) if kind != "musket" else 0.85)
    parts.frustum(
        -high * 0.55,
        (receiver, receiver + guard, -thick * 0.4, thick * 0.4),
        high * 0.35,
        (receiver, receiver + guard, -thick * 0.5, thick * 0.5),
        grip,
    )
    if dice.chance(0.5):
        end = receiver + barrel
        parts.rod((end - 0.02, 0.01, 0), (end + dice.real(0.04, 0.2), 0.01, 0), r * dice.real(1.4, 2.2), steel, sides=8)
    if kind in ("shotgun", "hunting") and dice.chance(0.5):
        parts.rod((receiver, -0.03, 0), (receiver + barrel * 0.8, -0.03, 0), r, steel, sides=8)
    _stock(dice, parts, kind, high, thick, steel, grip)
    if kind not in ("hunting", "musket", "shotgun") or dice.chance(0.3):
        at = receiver * (0.15 if kind != "bullpup" else 0.65)
        mark = parts.mark()
        parts.block((at - 0.025, -high / 2 - 0.14, -thick * 0.45), (at + 0.03, -high / 2 + 0.02, thick * 0.45), grip)
        parts.shear_since(mark, "x", "y", dice.real(0.15, 0.45), -high / 2)
    parts.path(
        [(0.06, -high / 2, 0), (0.07, -high / 2 - 0.05, 0), (0.14, -high / 2 - 0.05, 0), (0.15, -high / 2, 0)],
        0.01,
        steel,
        5,
    )
    if kind in ("assault", "bullpup", "smg", "machine") or dice.chance(0.25):
        at = receiver * (0.2 if kind == "bullpup" else 0.8)
        drop = dice.real(0.1, 0.26)
        form = dice.pick(("straight", "curved", "drum", "box"), (3, 4, 0.7, 1))
        if form == "drum":
            parts.rod((at, -high / 2 - 0.06, -thick), (at, -high / 2 - 0.06, thick), 0.08, steel)
        elif form == "box" and kind == "machine":
            parts.block((at - 0.08, -high / 2 - 0.16, -0.06), (at + 0.06, -high / 2, 0.06), steel)
        else:
            bend = dice.real(0.25, 0.7) if form == "curved" else 0.1
            for k in range(3):
                y0, y1 = -high / 2 - drop * k / 3, -high / 2 - drop * (k + 1) / 3
                mark = parts.mark()
                x = at + bend * drop * (k / 3) ** 2 * 1.5
                parts.block((x - 0.035, y1, -thick * 0.4), (x + 0.035, y0 + 0.01, thick * 0.4), steel)
                parts.shear_since(mark, "x", "y", -bend * (k + 0.5) / 1.5, y0)
    if kind == "sniper" or dice.chance(0.35):
        reach, y = dice.real(0.16, 0.34), high / 2 + dice.real(0.035, 0.06)
        x = receiver * dice.real(0.2, 0.5)
        scope = dice.dark()
        parts.rod((x, y, 0), (x + reach, y, 0), 0.018, scope, sides=10)
        parts.rod((x + reach, y, 0), (x + reach + 0.07, y, 0), 0.02, scope, 0.032, 10)
        parts.rod((x - 0.05, y, 0), (x, y, 0), 0.026, scope, 0.02, 10)
        for px in (x + 0.04, x + reach - 0.04):
            parts.box((px, (y + high / 2) / 2, 0), (0.025, y - high / 2 + 0.02, 0.02), steel)
    elif dice.chance(0.35):
        parts.box((receiver * 0.5, high / 2 + 0.05, 0), (receiver * 0.8, 0.018, 0.02), steel)
        for px in (0.15, 0.85):
            parts.box((receiver * px, high / 2 + 0.025, 0), (0.025, 0.05, 0.02), steel)
    else:
        parts.box((receiver + barrel * 0.95, 0.045, 0), (0.02, 0.06, 0.012), steel)
    if (kind in ("sniper", "machine") and dice.chance(0.65)) or dice.chance(0.06):
        x, drop, splay = receiver + guard, dice.real(0.14, 0.24), dice.real(0.05, 0.13)
        for s in (-1.0, 1.0):
            parts.rod((x, -0.01, 0), (x + dice.real(-0.04, 0.06), -drop, s * splay), 0.012, steel, sides=6)
    if dice.chance(0.15):
        parts.rod(
            (receiver + guard * 0.6, -high * 0.5, 0),
            (receiver + guard * 0.6, -high * 0.5 - 0.1, 0),
            0.02,
            grip,
            sides=8,
        )


def _stock(dice: Dice, parts: Assembly, kind: str, high: float, thick: float, steel: Colour, grip: Colour) -> None:
    length, drop = dice.real(0.22, 0.36), dice.real(0.02, 0.09)
    form = dice.pick(("solid", "skeleton", "tube", "wire", "none", "thumb"), (6, 2, 3, 1, 0.6, 1))
    if kind in ("hunting", "musket"):
        form = "solid"
    if kind == "bullpup":
        parts.block((-0.04, -high * 1.1, -thick / 2), (0.05, high / 2, thick / 2), grip)
        return
    z = thick * 0.45
    butt = -length
    if form == "solid":
        parts.prism(
            [
                (0.02, high * 0.45),
                (0.02, -high * 0.5),
                (-length * 0.3, -high * 0.5 - drop * 0.5),
                (butt, -high * 0.9 - drop),
                (butt, high * 0.4 - drop),
                (-length * 0.25, high * 0.2 - drop * 0.3),
            ],
            "z",
            -z,
            z,
            grip,
        )
    elif form == "thumb":
        parts.path(
            [
                (0, 0, 0),
                (butt, -drop * 0.5, 0),
                (butt, -high - drop, 0),
                (-length * 0.35, -high - drop * 0.7, 0),
                (0.0, -high * 0.4, 0),
            ],
            0.02,
            grip,
            6,
        )
    elif form == "skeleton":
        parts.path(
            [(0, 0.02, 0), (butt, 0.01 - drop * 0.4, 0), (butt, -high - drop, 0), (0, -high * 0.4, 0)], 0.015, steel, 6
        )
    elif form == "tube":
        parts.rod((0, 0, 0), (butt, 0, 0), 0.02, steel, sides=8)
        parts.prism(
            [(butt * 0.55, high * 0.3), (butt * 0.55, -high * 0.4), (butt, -high * 0.8 - drop), (butt, high * 0.35)],
            "z",
            -z,
            z,
            grip,
        )
    elif form == "wire":
        for s in (-1.0, 1.0):
            parts.rod((0, 0, s * z * 0.6), (butt, -drop, s * z * 0.6), 0.01, steel, sides=5)
        parts.box((butt, -drop - 0.02, 0), (0.02, 0.12, thick), steel)
