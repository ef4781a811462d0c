"""What is known of a run, a tab each: its curves, its probe images, its memory."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from PySide6.QtWidgets import QTabWidget, QWidget

from core.training.curves import RunCurves
from core.training.events import MemoryReported, ProbesReconstructed, TrainingEvent
from mem3d_viewer.base.theme import Theme
from mem3d_viewer.train.curves.panel import CurvesPanel
from mem3d_viewer.train.memory_report import MemoryReport
from mem3d_viewer.train.probes.timeline import ProbeTimeline


class RunTabs(QTabWidget):
    """Curves of one run or several; probe images and memory of the one that is shown.

    Args:
        multi_samples: samples a pixel of the 3D view.

    Attributes:
        run: folder of the run that is shown.
    """

    def __init__(self, multi_samples: int = 1, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.run: Path | None = None
        self.curves = CurvesPanel()
        self.probes = ProbeTimeline(multi_samples)
        self.memory = MemoryReport()
        self.addTab(self.curves, "Curves")
        self.addTab(self.probes, "Probes")
        self.addTab(self.memory, "Memory")

    def set_run(self, run: Path) -> None:
        """Show another run, from its newest step on; its curves come with ``show_curves``."""
        self.run = run
        self.memory.set_reports(())
        self.probes.set_run(run)

    def show_curves(self, known: Mapping[Path, RunCurves], beside: Sequence[Path]) -> None:
        """Show the curves of the shown run and of those beside it, where they are known, and the run's memory."""
        wanted = [run for run in dict.fromkeys((self.run, *beside)) if run is not None and run in known]
        self.curves.show_runs({run.name: known[run] for run in wanted})
        curves = None if self.run is None else known.get(self.run)
        self.memory.set_reports(() if curves is None else curves.memory_reports)

    def follow(self, run: Path | None, curves: RunCurves, events: Iterable[TrainingEvent]) -> None:
        """Something was told of ``run``; its ``curves`` have it already."""
        kinds = {type(event) for event in events}
        self.curves.redraw()
        if run == self.run and MemoryReported in kinds:
            self.memory.set_reports(curves.memory_reports)
        if run == self.run and ProbesReconstructed in kinds:
            self.probes.refresh()

    def set_theme(self, theme: Theme) -> None:
        """Use the theme's colours in everything that paints itself."""
        for part in (self.curves, self.probes, self.memory):
            part.set_theme(theme)

    def release(self) -> None:
        """End the thread and give the graphics back."""
        self.probes.release()
