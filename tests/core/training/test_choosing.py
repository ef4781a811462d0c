"""Threshold and beta at the end of a training: the best pair of all, and the program has them."""

import dataclasses

import numpy as np
import pytest
import torch

from core.answering import evaluation_samples, network_pictures
from core.checkpoint import load_checkpoint
from core.data.images import picture_from_pixels
from core.metrics import voxel_iou
from core.network.building import build_network
from core.reconstruction import Reconstructor
from core.training.choosing import BETAS, THRESHOLDS, UNUSUAL, choose_settings
from core.training.events import SettingsChosen
from core.training.trainer import Trainer


def test_the_pair_is_the_best_of_all(boxes, tiny_config):
    torch.manual_seed(3)
    model = build_network(dataclasses.replace(tiny_config.model, prior_path="blend")).eval()
    train = [index for index, record in enumerate(boxes.objects) if record.split == "train"][:8]
    with torch.no_grad():
        features = model.image_encoder(network_pictures(model, boxes, [(index, 0) for index in train]))
    model.memory.write(features, torch.from_numpy(np.stack([boxes.voxels(index) for index in train])), [None] * 8)
    samples = evaluation_samples(boxes, "val", limit=6)
    chosen = choose_settings(model, boxes, samples)
    truth = np.stack([boxes.voxels(index) for index, _ in samples])

    def iou(threshold, beta):
        with torch.no_grad():
            logits = model(network_pictures(model, boxes, samples), beta=beta).logits
        return voxel_iou(logits.sigmoid().numpy() > threshold, truth).mean()

    every = {(t, b): iou(t, b) for t in THRESHOLDS for b in {*BETAS, tiny_config.model.beta}}
    assert chosen.iou == pytest.approx(max(every.values()))
    assert every[chosen.threshold, chosen.beta] == pytest.approx(chosen.iou)
    with torch.no_grad():
        features = model.image_encoder(network_pictures(model, boxes, samples))
        similar = model.memory.similarities(features)[:, :8].amax(dim=1)
    for figures, usual in ((similar, chosen.usual_similarity), (features.norm(dim=1), chosen.usual_strength)):
        assert usual == pytest.approx(np.quantile(figures.numpy(), UNUSUAL), abs=1e-5)


def test_a_network_that_never_read_a_shape_is_not_made_to(boxes, tiny_config):
    torch.manual_seed(3)
    model = build_network(dataclasses.replace(tiny_config.model, beta=1.0)).eval()
    with torch.no_grad():
        features = model.image_encoder(network_pictures(model, boxes, [(0, 0)]))
    model.memory.write(features, torch.from_numpy(boxes.voxels(0))[None], [None])
    assert choose_settings(model, boxes, evaluation_samples(boxes, "val", limit=3)).beta == 1.0


def test_the_best_checkpoint_has_what_was_chosen_and_the_program_uses_it(tmp_path, boxes, tiny_config):
    events = list(Trainer.start(tiny_config, boxes, tmp_path / "run", device="cpu", steps=4).run())
    chosen = events[-2]
    assert isinstance(chosen, SettingsChosen)
    best = load_checkpoint(tmp_path / "run" / "checkpoints" / "best.safetensors")
    assert (best.config.model.threshold, best.config.model.beta) == (chosen.threshold, chosen.beta)
    assert best.metrics["iou_with_both"] == chosen.validation_iou
    reconstructor = Reconstructor(best.path, "cpu")
    assert reconstructor.config.model.threshold == chosen.threshold
    likeness = reconstructor.reconstruct(picture_from_pixels(boxes.image(0, 0))).likeness
    assert likeness.usual_strength == best.metrics["usual_strength"] > 0
    assert likeness.usual_similarity == best.metrics["usual_similarity"]
    # The steps' own checkpoint, from which the run goes on, stays as it was.
    last = load_checkpoint(tmp_path / "run" / "checkpoints" / "step_00000004.safetensors")
    assert last.config.model == tiny_config.model


def test_a_stopped_run_has_nothing_chosen(tmp_path, boxes, tiny_config):
    trainer = Trainer.start(tiny_config, boxes, tmp_path / "run", device="cpu", steps=8)
    events = list(trainer.run(lambda: trainer.step >= 4))
    assert not any(isinstance(event, SettingsChosen) for event in events)
