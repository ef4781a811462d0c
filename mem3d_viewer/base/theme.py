"""Light and dark: Qt's palette, a few style rules, and the colours of the 3D view, the plot and the list."""

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication

from mem3d_viewer.scene.voxel_scene import SceneColours

FIELD_HEIGHT = 26
"""Pixels of every field of a form, of whatever kind: text, number or choice."""


@dataclass(frozen=True)
class Theme:
    """Every colour of one appearance, as ``#rrggbb``."""

    name: str
    window: str
    base: str
    raised: str
    border: str
    text: str
    muted: str
    accent: str
    on_accent: str
    warning: str
    """Text of notes the user should read."""
    warning_back: str
    """Behind such notes."""
    prior: str
    """What belongs to shape priors: the prior in 3D, the bars of the histogram above beta."""
    curves: tuple[str, ...]
    """Lines of plots, one a curve or a run."""
    scene: SceneColours


LIGHT = Theme(
    name="light",
    window="#f3f4f7",
    base="#ffffff",
    raised="#e9ebf0",
    border="#d3d7df",
    text="#1c2430",
    muted="#5f6b7c",
    accent="#2563c9",
    on_accent="#ffffff",
    warning="#7a4b00",
    warning_back="#fff3d6",
    prior="#d07a2a",
    curves=("#2563c9", "#c8641b", "#24875a", "#ad3f7d", "#6f54c0", "#26808f", "#8a6d1f", "#5f6b7c"),
    scene=SceneColours(
        background="#dfe4ec", background_top="#fafbfd", reconstruction="#5e93d8", prior="#e09a55",
        truth="#6fae7f", edge="#14202f", grid="#b3bccb", text="#48556a",
    ),
)  # fmt: skip

DARK = Theme(
    name="dark",
    window="#1f2228",
    base="#17191e",
    raised="#2a2e36",
    border="#383d47",
    text="#e4e7ec",
    muted="#9aa4b2",
    accent="#5b9bf3",
    on_accent="#0c1522",
    warning="#f2cf8a",
    warning_back="#3a3122",
    prior="#eba25c",
    curves=("#6aa8f7", "#f0a160", "#62c796", "#e583b8", "#a891f0", "#5fc2d1", "#d8b95a", "#9aa4b2"),
    scene=SceneColours(
        background="#14161a", background_top="#2b303a", reconstruction="#6aa0e4", prior="#e8a766",
        truth="#74b886", edge="#0a0d12", grid="#4a525f", text="#aab4c3",
    ),
)  # fmt: skip

THEMES = {theme.name: theme for theme in (LIGHT, DARK)}


def system_theme(app: QApplication) -> str:
    """Name of the appearance the desktop asks for; light where it does not say."""
    dark = app.styleHints().colorScheme() == Qt.ColorScheme.Dark
    return DARK.name if dark else LIGHT.name


def apply_theme(app: QApplication, theme: Theme) -> None:
    """Give the whole application this appearance (Fusion drawn with the theme's palette)."""
    if app.style().name() != "fusion":
        app.setStyle("Fusion")
    sheet = _style_sheet(theme)
    if app.styleSheet() != sheet:  # either would style every widget anew
        app.setPalette(_palette(theme))
        app.setStyleSheet(sheet)


def _palette(theme: Theme) -> QPalette:
    role = QPalette.ColorRole
    colours = {
        role.Window: theme.window,
        role.WindowText: theme.text,
        role.Base: theme.base,
        role.AlternateBase: theme.window,
        role.Text: theme.text,
        role.PlaceholderText: theme.muted,
        role.Button: theme.raised,
        role.ButtonText: theme.text,
        role.BrightText: theme.on_accent,
        role.ToolTipBase: theme.raised,
        role.ToolTipText: theme.text,
        role.Highlight: theme.accent,
        role.HighlightedText: theme.on_accent,
        role.Link: theme.accent,
        role.LinkVisited: theme.accent,
        role.Accent: theme.accent,
        role.Light: theme.base,
        role.Midlight: theme.raised,
        role.Mid: theme.border,
        role.Dark: theme.border,
        role.Shadow: "#000000",
    }
    palette = QPalette()
    for which, colour in colours.items():
        palette.setColor(which, QColor(colour))
    for which in (role.WindowText, role.Text, role.ButtonText):
        faded = QColor(theme.muted)
        faded.setAlpha(130)
        palette.setColor(QPalette.ColorGroup.Disabled, which, faded)
    palette.setColor(QPalette.ColorGroup.Disabled, role.Highlight, QColor(theme.border))
    return palette


def _style_sheet(theme: Theme) -> str:
    return f"""
    QToolTip {{ color: {theme.text}; background: {theme.raised}; border: 1px solid {theme.border}; padding: 4px; }}
    QMainWindow::separator {{ background: {theme.window}; width: 6px; height: 6px; }}
    QMainWindow::separator:hover {{ background: {theme.accent}; }}
    QDockWidget {{ font-weight: 600; }}
    QDockWidget::title {{ background: {theme.raised}; padding: 6px 8px; }}
    QToolBar {{ border: none; border-bottom: 1px solid {theme.border}; spacing: 4px; padding: 4px 6px; }}
    QToolBar#pages {{ border: none; border-right: 1px solid {theme.border}; padding: 6px 3px; }}
    QToolBar#pages QToolButton {{ font-size: 8.5pt; padding: 6px 1px; }}
    QToolButton {{ padding: 4px 7px; border: 1px solid transparent; border-radius: 5px; }}
    QToolButton#qt_toolbar_ext_button {{ padding: 0px; min-width: 18px; }}
    QToolButton:hover {{ background: {theme.raised}; border-color: {theme.border}; }}
    QToolButton:checked {{ background: {theme.raised}; border-color: {theme.accent}; color: {theme.accent}; }}
    QToolButton:focus {{ border-color: {theme.accent}; }}
    QStatusBar {{ border-top: 1px solid {theme.border}; }}
    QStatusBar::item {{ border: none; }}
    QStatusBar QLabel {{ color: {theme.muted}; padding: 1px 8px; }}
    QFrame#canvas_frame {{ border: 2px solid {theme.window}; }}
    QFrame#canvas_frame[focused="true"] {{ border-color: {theme.accent}; }}
    QGraphicsView:focus {{ border: 1px solid {theme.accent}; }}
    QFrame#drop_target {{ border: 2px dashed {theme.border}; border-radius: 12px; background: {theme.base}; }}
    QLabel[kind="muted"] {{ color: {theme.muted}; }}
    QToolButton[kind="section"] {{ font-weight: 600; text-align: left; background: {theme.raised}; }}
    QToolButton[kind="legend"] {{ padding: 0px 3px; border-color: transparent; background: transparent; }}
    QToolButton[kind="legend"]:!checked {{ color: {theme.muted}; }}
    QToolButton[kind="legend"]:hover, QToolButton[kind="legend"]:focus {{ border-color: {theme.border}; }}
    QPushButton[kind="primary"]:enabled {{ background: {theme.accent}; color: {theme.on_accent}; font-weight: 600; }}
    QCheckBox::indicator:unchecked, QTreeView::indicator:unchecked {{
        width: 12px; height: 12px; border: 1px solid {theme.muted}; border-radius: 3px; background: {theme.base};
    }}
    QLabel[kind="heading"] {{ font-weight: 600; }}
    QLabel[kind="note"] {{
        color: {theme.warning}; background: {theme.warning_back}; border-radius: 5px; padding: 6px 8px;
    }}
    """
