"""The bar above the 3D view, alone."""

from PySide6.QtGui import QAction

from mem3d_viewer.reconstruct.compare.bar import CompareBar


def test_where_it_is_narrow_the_commands_stand_below_the_choices(qtbot):
    swap, *more = (QAction(name) for name in ("Swap", "Blink", "Slice"))
    bar = CompareBar(swap, *more)
    qtbot.addWidget(bar)
    bar.show_iou("IoU 0.5")
    bar.show()
    for width, below in ((600, False), (320, True), (600, False)):
        bar.resize(width, 80)
        qtbot.waitUntil(lambda below=below: (bar.buttons[1].y() > bar.right.geometry().bottom()) == below)
        assert (bar.buttons[2].y() > bar.right.geometry().bottom()) == below
        assert bar.buttons[0].y() < bar.right.geometry().bottom()
        assert bar.right.width() > 80
