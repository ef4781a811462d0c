from dataclasses import fields

import pytest
from PySide6.QtGui import QColor, QPalette

from mem3d_viewer.base.theme import DARK, LIGHT, THEMES, apply_theme


def luminance(colour):
    channels = [QColor(colour).redF(), QColor(colour).greenF(), QColor(colour).blueF()]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_words_are_readable(theme):
    """At least the contrast of 4.5 that the web's accessibility guidelines (WCAG 2, AA) ask for."""
    for back in (theme.window, theme.base, theme.raised):
        assert contrast(theme.text, back) >= 4.5
    assert contrast(theme.muted, theme.window) >= 4.5
    assert contrast(theme.muted, theme.base) >= 4.5
    assert contrast(theme.warning, theme.warning_back) >= 4.5
    assert contrast(theme.on_accent, theme.accent) >= 4.5


def test_the_two_share_nothing_but_their_fields():
    assert luminance(LIGHT.window) > 0.8 > 0.1 > luminance(DARK.window)
    assert {field.name for field in fields(LIGHT)} == {field.name for field in fields(DARK)}


@pytest.mark.gui
def test_fusion_and_palette_follow(qapp):
    for theme in (DARK, LIGHT):
        apply_theme(qapp, theme)
        assert qapp.palette().color(QPalette.ColorRole.Window).name() == theme.window
        assert qapp.palette().color(QPalette.ColorRole.Text).name() == theme.text
