"""Which data a result was made from: one short word that changes when the data set does."""

import hashlib

from core.data.dataset import ShapeDataset


def dataset_fingerprint(dataset: ShapeDataset) -> str:
    """A digest of the data set's name, its objects (ids, categories, splits, views) and its version.

    The version is the data set's own ``version``: checksums of a packed set, the relative paths and
    sizes of the files of a folder. It is the same whether a folder is read directly or from its packed copy, and on
    every machine.

    Returns:
        32 hexadecimal digits.
    """
    digest = hashlib.blake2b(digest_size=16)
    digest.update(repr((dataset.name, dataset.version)).encode())
    for record in dataset.objects:
        digest.update(repr((record.object_id, record.category, record.split, record.views)).encode())
    return digest.hexdigest()
