"""What a new training starts from: a configuration that holds from anywhere, and the first weights."""

from dataclasses import replace
from pathlib import Path

from core.checkpoint import load_checkpoint
from core.config import Mem3DConfig, TrainingConfig, preset
from core.data.opening import absolute_spec
from core.network.mem3d import Mem3D

RULES = ("value_similarity", "delta", "beta", "threshold", "max_priors")
"""Fields of the network's configuration that its weights do not depend on."""


def settled(config: Mem3DConfig) -> Mem3DConfig:
    """The same from whatever folder the program is started; the network is that of the checkpoint to start from.

    Of that one's rules those are changed which the configuration has changed from its preset.

    Raises:
        CheckpointError: if that cannot be read.
    """
    data, training, model = config.data, config.training, config.model
    data = replace(data, dataset=absolute_spec(data.dataset), backgrounds=_absolute(data.backgrounds))
    training = replace(
        training,
        backbone_weights=_absolute(training.backbone_weights),
        start_from=_absolute(training.start_from),
    )
    if training.start_from:
        usual = preset(config.preset).model
        changed = {name: value for name in RULES if (value := getattr(model, name)) != getattr(usual, name)}
        if "value_similarity" in changed:
            changed["delta"] = model.delta  # it belongs to its similarity
        model = replace(load_checkpoint(Path(training.start_from)).config.model, **changed)
    return replace(config, data=data, model=model, training=training)


def load_first_weights(model: Mem3D, training: TrainingConfig) -> tuple[str, bool]:
    """Load what the training starts from: a checkpoint, pretrained weights of the backbone, or neither.

    Returns:
        Where the weights came from, in words, and whether those of the backbone are random.

    Raises:
        CheckpointError: if the checkpoint to start from cannot be used.
        ConfigError: if the file of the backbone's weights cannot be used.
    """
    told = []
    if training.start_from:
        load_checkpoint(Path(training.start_from)).load_into(model, training.start_with)
        told = [f"{training.start_from} ({training.start_with})"]
        if training.start_with != "memory":
            return told[0], False
    problem: str | None = "switched off"
    if training.backbone_weights or training.imagenet_weights:
        problem = model.image_encoder.backbone.load_weights(training.backbone_weights)
    if problem is None:
        told.append(training.backbone_weights or "ImageNet weights")
    else:
        told.append(f"random weights: no ImageNet weights, {problem}")
    return ", ".join(told), problem is not None


def _absolute(name: str) -> str:
    return str(Path(name).expanduser().absolute()) if name else ""
