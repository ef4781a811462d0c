"""Each way in which a package may state its licence, and what is marked."""

import sys
from importlib import metadata

import pytest
from licences import main, mark, stated

OSI = "Classifier: License :: OSI Approved"
LGPL = "GNU Lesser General Public License v3 (LGPLv3)"


@pytest.mark.parametrize(
    ("lines", "licence", "marked"),
    [
        (["License-Expression: MIT", f"{OSI} :: BSD License"], "MIT", ""),
        (["License: MIT", f"{OSI} :: MIT License"], "MIT License", ""),
        (["License: BSD-3-Clause", f"{OSI} :: {LGPL}"], f"BSD-3-Clause, {LGPL}", "copyleft"),
        (["License: MPL-2.0 AND MIT", OSI], "MPL-2.0 AND MIT", "copyleft"),
        (["License-Expression: LGPL-3.0-only OR GPL-2.0-only"], "LGPL-3.0-only OR GPL-2.0-only", "copyleft"),
        (["License: A licence", "        of many lines", f"{OSI} :: BSD License"], "BSD License", ""),
        (["License: A licence", "        of many lines"], "A licence", ""),
        (["License-Expression: LicenseRef-NVIDIA-Proprietary"], "LicenseRef-NVIDIA-Proprietary", "proprietary"),
        (["License: UNKNOWN"], "not stated", "unknown"),
        ([], "not stated", "unknown"),
    ],
)
def test_a_licence_is_read_and_marked(package, lines, licence, marked):
    package("made_up", "1.0", *lines)
    assert stated(metadata.metadata("made_up")) == licence
    assert mark(licence) == marked


def test_the_list_has_every_package_and_marks_qt(capsys, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["licences.py"])
    main()
    *rows, _, counts = capsys.readouterr().out.splitlines()
    (qt,) = (row for row in rows if row.startswith("PySide6_Essentials "))
    assert qt.split()[2] == "copyleft"
    assert counts.startswith(f"{len(rows)} packages: ")
    names = {row.split()[0] for row in rows}
    assert {"torch", "numpy", "sympy"} <= names  # sympy: torch requires it
    assert not {"pytest", "mem3d-viewer"} & names
