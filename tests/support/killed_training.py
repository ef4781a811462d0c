"""A training that is killed with SIGKILL at random moments, again and again, and resumed each time.

Run as a script: each attempt is a process of its own, forked from one that has imported everything and started nothing,
so that an attempt begins at once and its end really comes in the middle of steps and saves.
"""

import json
import os
import random
import signal
import sys
import time
import traceback
from pathlib import Path

from core.checkpoint import load_checkpoint, load_tensors
from core.config import Mem3DConfig
from core.data.packed import PackedDataset
from core.training.probes import read_probes
from core.training.run_folder import RunFolder
from core.training.trainer import Trainer


def train(config: Mem3DConfig, packed: Path, run: Path) -> None:
    dataset = PackedDataset(packed)
    if RunFolder(run).config_file.exists():
        trainer = Trainer.resume(run, dataset, device="cpu")
    else:
        trainer = Trainer.start(config, dataset, run, device="cpu")
    for _ in trainer.run():
        pass


def examine(run: Path) -> None:
    """Every file that has its name must be whole."""
    folder = RunFolder(run)
    for step in folder.steps():
        assert load_checkpoint(folder.checkpoint(step)).step == step
        load_tensors(folder.state(step), "mem3d-training-state")
    if folder.best.exists():
        load_checkpoint(folder.best)
    if (run / "probes" / "inputs.npz").exists():
        probes = read_probes(run)
        for step in probes.steps():
            probes.at(step)


def forked(work, *arguments) -> int:
    process = os.fork()
    if process == 0:
        code = 1
        try:
            work(*arguments)
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stderr.flush()
            os._exit(code)
    return process


def wait(process: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])


def wait_for_changes(path: Path, count: int, process: int) -> None:
    """Until a file was seen to change so often, or the process has ended: in its own time, however slow that is."""
    seen = None
    while count > 0 and os.waitid(os.P_PID, process, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
        facts = path.stat() if path.exists() else None
        now = facts and (facts.st_ino, facts.st_size)
        if now != seen:
            seen, count = now, count - 1
        time.sleep(0.002)


def main(config_file: str, packed: str, out: str, seed: str) -> None:
    config, random_ = Mem3DConfig.from_file(Path(config_file)), random.Random(int(seed))
    whole, killed = Path(out) / "whole", Path(out) / "killed"
    assert wait(forked(train, config, Path(packed), whole)) == 0
    reached = []
    for _ in range(10):
        process = forked(train, config, Path(packed), killed)
        wait_for_changes(killed / "events.jsonl", random_.randint(0, 10), process)
        time.sleep(random_.uniform(0.0, 0.05))
        os.kill(process, signal.SIGKILL)
        code = wait(process)
        assert code in (0, -signal.SIGKILL), code
        if code == 0:
            break
        assert wait(forked(examine, killed)) == 0
        reached.append(max(RunFolder(killed).steps(), default=-1))
    assert wait(forked(train, config, Path(packed), killed)) == 0
    assert wait(forked(examine, killed)) == 0
    sys.stdout.write(json.dumps(reached))


if __name__ == "__main__":
    main(*sys.argv[1:])
