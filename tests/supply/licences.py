"""The licences of everything that is installed with the program, by what the packages say of themselves.

    python tests/supply/licences.py            # as a table
    python tests/supply/licences.py --tests    # with what only the tests need

Licences of libraries bundled in a package are in its own licence files. Copyleft and proprietary licences are marked,
as passing a copy on asks for more there than naming the authors; so are packages that state none.
"""

import argparse
import re
from collections import Counter
from importlib.metadata import PackageMetadata

from packages import installed, requirements

UNKNOWN = "not stated"
COPYLEFT = re.compile(r"\b[AL]?GPL|\b(MPL|EPL|EUPL|CDDL)\b|General Public License|Mozilla Public", re.IGNORECASE)
PROPRIETARY = re.compile(r"proprietary", re.IGNORECASE)


def stated(about: PackageMetadata) -> str:
    """The licence in a package's metadata: its expression, else its short name and its classifiers.

    Both are given where they differ: the package's own and that of what its wheel bundles.
    """
    if expression := about.get("License-Expression"):
        return expression
    classifiers = [text.split(" :: ")[-1] for text in about.get_all("Classifier") or () if text.startswith("License :")]
    named = [name for name in classifiers if not name.lower().endswith("approved")]
    text = (about.get("License") or "").strip().removeprefix("UNKNOWN")
    if text and not (named and ("\n" in text or text.split()[0].split("-")[0] in " ".join(named))):
        named.insert(0, text.splitlines()[0][:60])
    return ", ".join(named) or UNKNOWN


def mark(licence: str) -> str:
    """``copyleft``, ``proprietary`` or ``unknown``; empty for a permissive licence."""
    marks = {"copyleft": COPYLEFT.search(licence), "proprietary": PROPRIETARY.search(licence)}
    return "unknown" if licence == UNKNOWN else next((name for name, found in marks.items() if found), "")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tests", action="store_true", help="with what only the tests need")
    extras = ("test",) if parser.parse_args().tests else ()
    marks: Counter[str] = Counter()
    for package in installed(requirements(*extras)):
        licence = stated(package.metadata)
        marks[mark(licence)] += 1
        print(f"{package.name:<27} {package.version:<17} {mark(licence):<12} {licence}")
    counts = ", ".join(f"{marks[name]} {name or 'permissive'}" for name in sorted(marks))
    print(f"\n{marks.total()} packages: {counts}")


if __name__ == "__main__":
    main()
