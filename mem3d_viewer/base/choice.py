"""One question with named answers."""

from collections.abc import Sequence

from PySide6.QtWidgets import QMessageBox, QWidget


def choose(parent: QWidget, title: str, question: str, answers: Sequence[str]) -> str | None:
    """Ask, and wait for the answer; None where the user cancels."""
    box = QMessageBox(parent)
    box.setIcon(QMessageBox.Icon.Question)
    box.setWindowTitle(title)
    box.setText(question)
    buttons = {box.addButton(answer, QMessageBox.ButtonRole.ActionRole): answer for answer in answers}
    box.setDefaultButton(next(iter(buttons)))
    box.addButton(QMessageBox.StandardButton.Cancel)
    box.exec()
    return next((answer for button, answer in buttons.items() if button is box.clickedButton()), None)
