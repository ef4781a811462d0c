"""Recorded probe images of a run that never was, for tests of what shows them."""

from pathlib import Path

import numpy as np

from core.data.bit_packing import pack

PROBES = 2
IOU = {0: (0.0, 0.0), 500: (0.5, 0.25), 1000: (1.0, 0.75)}
"""IoU of both probes by step, exactly."""


def truth(probe: int) -> np.ndarray:
    """A box of 4 x 4 x 4 voxels, elsewhere for each probe."""
    grid = np.zeros((32, 32, 32), bool)
    grid[8:12, 4 * probe : 4 * probe + 4, 8:12] = True
    return grid


def write_probes(run: Path, steps=tuple(IOU)) -> None:
    """Write the inputs, and at each step as many of the box's voxels as its IoU asks for, all with occupancy 0.5."""
    folder = run / "probes"
    folder.mkdir(parents=True, exist_ok=True)
    shades = np.array([60, 180], np.uint8)
    np.savez(
        folder / "inputs.npz",
        images=np.broadcast_to(shades[:, None, None, None], (PROBES, 16, 16, 3)),
        truth=np.stack([pack(truth(probe)) for probe in range(PROBES)]),
        names=np.array(["chair 7 2", "lamp lamp/9 0"]),
    )
    for step in steps:
        write_step(run, step)


def write_step(run: Path, step: int) -> None:
    """Write one step; those that ``IOU`` does not know are as its last one."""
    occupancy = np.zeros((PROBES, 32, 32, 32), np.float16)
    iou = IOU.get(step, IOU[1000])
    for probe, share in enumerate(iou):
        inside = np.argwhere(truth(probe))[: round(64 * share)]
        occupancy[probe, *inside.T] = 0.5
    np.savez(
        run / "probes" / f"step_{step:08d}.npz",
        occupancy=occupancy,
        above_beta=np.array([step // 500, 1], np.int64),
        top_slot=np.array([-1 if step == 0 else 40, 3], np.int64),
        top_similarity=np.array([0.875, 0.5], np.float32),
        top_value=np.stack([pack(truth(1)), pack(truth(0))]),
        iou=np.array(iou, np.float32),
    )
