"""The 13 categories of ShapeNet R2N2 and their WordNet synset ids (as in R2N2's ``ShapeNet.json``)."""

SYNSETS: dict[str, str] = {
    "airplane": "02691156",
    "bench": "02828884",
    "cabinet": "02933112",
    "car": "02958343",
    "chair": "03001627",
    "display": "03211117",
    "lamp": "03636649",
    "speaker": "03691459",
    "rifle": "04090263",
    "sofa": "04256520",
    "table": "04379243",
    "telephone": "04401088",
    "watercraft": "04530566",
}
"""Category name to synset id, in R2N2's order."""

CATEGORIES: tuple[str, ...] = tuple(SYNSETS)
"""The category names, in R2N2's order."""


def category_name(folder: str) -> str:
    """Name of the category kept in ``folder``: of a synset id its name, of anything else itself."""
    names = {synset: name for name, synset in SYNSETS.items()}
    return names.get(folder, folder)


def category_folder(category: str) -> str:
    """Name of the folder that keeps ``category`` in R2N2's layout: its synset id, of a category of your own itself."""
    return SYNSETS.get(category, category)
