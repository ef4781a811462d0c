"""Every hyperparameter, in frozen dataclasses with the paper's defaults, and the presets built from them.

The paper is "Single-View 3D Object Reconstruction from Shape Priors in Memory" (CVPR 2021, arXiv 2003.03711).
A field marked *choice* settles something the paper leaves open or that goes beyond it.
"""

import ast
import dataclasses
import inspect
import itertools
import json
import math
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args, get_type_hints

from core.errors import ConfigError
from core.setting_values import converted, parsed

ValueSimilarity = Literal["paper", "iou"]
Backbone = Literal["resnet50", "resnet18"]
Subset = Literal[
    "all", "clear", "chairs", "occluded", "chairs_truncated", "chairs_occluded", "chairs_slightly_occluded"
]
CropBy = Literal["mask", "box"]
Damaged = Literal["refuse", "skip"]
Precision = Literal["float32", "bfloat16"]
EvaluationProtocol = Literal["own", "pix2vox"]

DEFAULT_THRESHOLD = 0.3
"""The occupancy threshold t wherever none is asked for: a voxel above it counts as occupied."""
DEFAULT_DELTA: dict[ValueSimilarity, float] = {"paper": 0.90, "iou": 0.60}
"""delta belongs to its similarity: IoU falls much faster than the share of equal voxels."""


@dataclass(frozen=True)
class ModelConfig:
    """Sizes and rules of the network; the defaults are the paper's (preset ``paper``)."""

    image_size: int = 224
    """Side of the square network input in pixels."""
    backbone: Backbone = "resnet50"
    """Residual network whose stem and first two residual stages are used."""
    backbone_width: int = 64
    """Channels of the backbone's stem; ImageNet weights exist for 64 only."""
    encoder_channels: tuple[int, int, int] = (512, 256, 256)
    """Channels of the three convolutions after the backbone."""
    memory_slots: int = 4000
    """m, the number of memory slots."""
    value_similarity: ValueSimilarity = "paper"
    """*choice*: ``paper`` is 1 - the mean squared difference; ``iou`` suits thin objects better."""
    delta: float | None = None
    """Value similarity from which a shape counts as known; None: 0.90 for ``paper``, 0.60 for ``iou``."""
    beta: float = 0.85
    """Key similarity a slot must exceed to be retrieved."""
    max_priors: int = 20
    """*choice*: at most this many retrieved shapes go to the LSTM, most similar first."""
    shape_encoder_resolution: int = 32
    """*choice*: side to which retrieved grids are average-pooled before the LSTM; 32: no pooling."""
    lstm_hidden: int = 2048
    """Hidden units of the LSTM, the length of the prior vector p."""
    decoder_channels: tuple[int, int, int, int, int] = (512, 128, 32, 8, 1)
    """Channels of the five transposed convolutions."""
    voxel_resolution: int = 32
    """r, the side of the voxel grid."""

    def __post_init__(self) -> None:
        """Refuse combinations that cannot work, with the reason."""
        _positive(self, "image_size", "backbone_width", "memory_slots", "max_priors", "lstm_hidden")
        if self.backbone not in ("resnet50", "resnet18"):
            raise ConfigError(f"backbone must be resnet50 or resnet18, not {self.backbone!r}")
        if self.value_similarity not in DEFAULT_DELTA:
            raise ConfigError(f"value_similarity must be paper or iou, not {self.value_similarity!r}")
        if self.backbone == "resnet50" and self.backbone_width != 64:
            raise ConfigError(f"backbone resnet50 has width 64 only, not {self.backbone_width}; resnet18 has any")
        if self.image_size % 32:
            raise ConfigError(f"image_size must be a multiple of 32 (it is halved five times), not {self.image_size}")
        if self.voxel_resolution != 32:
            raise ConfigError(
                f"voxel_resolution must be 32 (the decoder doubles 2 four times), not {self.voxel_resolution}"
            )
        if self.shape_encoder_resolution not in (4, 8, 16, 32):
            raise ConfigError(f"shape_encoder_resolution must be 4, 8, 16 or 32, not {self.shape_encoder_resolution}")
        if len(self.encoder_channels) != 3 or min(self.encoder_channels) < 1:
            raise ConfigError(f"encoder_channels must be three positive sizes, not {self.encoder_channels}")
        if len(self.decoder_channels) != 5 or min(self.decoder_channels) < 1:
            raise ConfigError(f"decoder_channels must be five positive sizes, not {self.decoder_channels}")
        if self.decoder_channels[-1] != 1:
            raise ConfigError(f"the last of decoder_channels must be 1, not {self.decoder_channels[-1]}")
        if not -1.0 <= self.beta <= 1.0:
            raise ConfigError(f"beta is a cosine similarity and must lie in -1 … 1, not {self.beta}")
        if not 0.0 < self.known_from <= 1.0:
            raise ConfigError(f"delta must lie in 0 … 1, not {self.delta}")
        if (self.key_size + self.lstm_hidden) % 8:
            raise ConfigError(
                f"feature ({self.key_size}) plus prior ({self.lstm_hidden}) must be divisible by 8, to be "
                "reshaped to channels of 2 x 2 x 2: change lstm_hidden or encoder_channels"
            )

    @property
    def key_size(self) -> int:
        """n_k, the length of the feature F: last encoder channels times (image_size / 32) squared."""
        return self.encoder_channels[-1] * (self.image_size // 32) ** 2

    @property
    def known_from(self) -> float:
        """The value similarity in force from which a shape counts as known (delta)."""
        return DEFAULT_DELTA[self.value_similarity] if self.delta is None else self.delta


@dataclass(frozen=True)
class DataConfig:
    """Which data set is trained on and how its pictures are varied."""

    dataset: str = "builtin"
    """Data set: ``builtin``, ``packed:DIR``, ``shapenet:DIR``, ``pix3d:DIR``, or a folder that is one of these."""
    subset: Subset = "all"
    """Which pictures of Pix3D: ``clear`` leaves out every truncated or occluded one, ``chairs`` is the usual test of
    chairs, ``occluded`` every other chair."""
    crop_by: CropBy = "mask"
    """Pictures of Pix3D: ``mask`` cuts the object out, ``box`` keeps the background around it."""
    damaged: Damaged = "refuse"
    """What to do about missing or unreadable files: ``refuse`` the data set, or ``skip`` them."""
    random_background: bool = True
    """Put a random plain or graded background behind renderings with alpha."""
    colour_jitter: float = 0.4
    """Largest relative change of brightness, contrast and saturation; 0 switches it off."""
    noise: float = 0.02
    """Largest standard deviation of Gaussian pixel noise, in units of full scale."""
    crop: float = 0.15
    """Random crop: largest shift and change of size of the object's box, as a fraction of its side."""
    occluder_probability: float = 0.3
    """*choice*: how often a random occluder covers part of the object."""
    occluder_area: float = 0.4
    """Largest area of such an occluder as a fraction of the object's box."""

    def __post_init__(self) -> None:
        """Refuse values out of range."""
        for name, allowed in (("subset", Subset), ("crop_by", CropBy), ("damaged", Damaged)):
            if getattr(self, name) not in get_args(allowed):
                raise ConfigError(f"{name} must be one of {', '.join(get_args(allowed))}, not {getattr(self, name)!r}")
        for name in ("colour_jitter", "noise", "crop", "occluder_probability", "occluder_area"):
            value = getattr(self, name)
            if not 0.0 <= value <= 1.0:
                raise ConfigError(f"{name} must lie in 0 … 1, not {value}")


@dataclass(frozen=True)
class TrainingConfig:
    """How the network is trained; the defaults are the paper's."""

    epochs: int = 250
    """*choice*: passes over the training views; ``--steps`` ends a run earlier."""
    batch_size: int = 32
    """Views per step, over all parts and all processes."""
    accumulation: int = 1
    """*choice*: parts a batch is computed in, one after the other, to need less device memory; gradients and memory
    are those of the whole batch, but batch normalisation sees one part at a time."""
    precision: Precision = "float32"
    """*choice*: ``bfloat16`` computes the encoders and the decoder in half the bits, on a GPU made for it in much less
    time; losses, key similarities and the memory stay float32."""
    learning_rate: float = 1e-3
    """Adam's learning rate."""
    adam_betas: tuple[float, float] = (0.9, 0.999)
    """Adam's decay rates."""
    halve_after_epochs: tuple[float, ...] = (150.0,)
    """The learning rate is halved after each of these (fractional) epochs."""
    warmup_steps: int = 0
    """*choice*: steps over which the learning rate rises linearly from zero."""
    alpha: float = 0.1
    """Margin of the voxel triplet loss."""
    triplet_weight: float = 1.0
    """*choice*: weight of the triplet loss in the total."""
    triplet_warmup_steps: int = 0
    """*choice*: steps over which that weight rises linearly from zero; from random weights the triplet loss,
    whose negatives are the hardest of the whole memory, otherwise makes all features alike."""
    use_memory: bool = True
    """False trains the twin without memory: no read, no write, no triplet loss."""
    leave_out_own_object: bool = True
    """*choice*: a training read ignores slots that came from the very object being trained on."""
    imagenet_weights: bool = True
    """Start the backbone from ImageNet weights where they can be loaded."""
    seed: int = 0
    """Seed of initial weights, data order and augmentation."""
    log_every: int = 10
    """Steps between two step events."""
    evaluate_every: int = 500
    """Steps between two validations."""
    evaluate_samples: int = 256
    """Validation views per validation."""
    probes: int = 4
    """*choice*: validation views that are reconstructed at every validation, to be looked at; 0 for none."""
    checkpoint_every: int = 500
    """Steps between two checkpoints."""
    keep_checkpoints: int = 3
    """How many of the newest checkpoints are kept beside the first and the best."""

    def __post_init__(self) -> None:
        """Refuse values out of range."""
        _positive(
            self, "epochs", "batch_size", "accumulation", "log_every", "evaluate_every", "evaluate_samples",
            "checkpoint_every", "keep_checkpoints", "learning_rate",
        )  # fmt: skip
        if self.batch_size < 2:
            raise ConfigError("batch_size must be at least 2: batch normalisation needs two samples")
        if self.batch_size % self.accumulation or self.batch_size < 2 * self.accumulation:
            raise ConfigError(
                f"accumulation must divide batch_size into parts of at least 2: {self.batch_size} views do not make "
                f"{self.accumulation} of them"
            )
        if self.precision not in get_args(Precision):
            raise ConfigError(f"precision must be float32 or bfloat16, not {self.precision!r}")
        for name in ("warmup_steps", "triplet_warmup_steps", "triplet_weight", "alpha", "probes"):
            if not 0 <= getattr(self, name) < math.inf:
                raise ConfigError(f"{name} must be a number from 0 on, not {getattr(self, name)}")
        if not 0 <= self.seed < 2**63:
            raise ConfigError(f"seed must lie in 0 … 2^63 - 1, not {self.seed}")
        if len(self.adam_betas) != 2 or not all(0.0 <= b < 1.0 for b in self.adam_betas):
            raise ConfigError(f"adam_betas must be two numbers in 0 … 1, not {self.adam_betas}")


@dataclass(frozen=True)
class Mem3DConfig:
    """Everything a run is made of; ``config.json`` in a run folder holds exactly this."""

    preset: str = "paper"
    """Name of the preset it started from."""
    model: ModelConfig = field(default_factory=ModelConfig)
    """The network."""
    data: DataConfig = field(default_factory=DataConfig)
    """The data."""
    training: TrainingConfig = field(default_factory=TrainingConfig)
    """The training."""

    def to_json(self) -> str:
        """The configuration as indented JSON."""
        return json.dumps(dataclasses.asdict(self), indent=2)

    def changed(self, texts: Mapping[str, str], origin: str = "configuration") -> "Mem3DConfig":
        """This configuration with other values for some fields of the network, the data or the training.

        Args:
            texts: field names, unique over the three, to values as people type them (``core.setting_values.parsed``).
            origin: where they came from, for error messages.

        Raises:
            ConfigError: for an unknown field, a wrong type or an impossible combination.
        """
        changes: dict[str, dict[str, Any]] = {part: {} for part in ("model", "data", "training")}
        for name, text in texts.items():
            for part, values in changes.items():
                kind: type = type(getattr(self, part))
                types = setting_types(kind)
                if name in types:
                    try:
                        values[name] = parsed(text, types[name])
                    except ValueError as error:
                        raise ConfigError(f"{origin}: {name}: {error}") from None
                    break
            else:
                raise ConfigError(f"{origin}: unknown entry {name!r}")
        return dataclasses.replace(
            self, **{part: _replaced(getattr(self, part), values, origin) for part, values in changes.items()}
        )

    @classmethod
    def from_dict(cls, values: Any, origin: str = "configuration") -> "Mem3DConfig":
        """Build from nested plain values; missing fields keep the preset's value.

        Args:
            values: a mapping with any of ``preset``, ``model``, ``data``, ``training``.
            origin: file name used in error messages.

        Raises:
            ConfigError: for an unknown field, a wrong type or an impossible combination.
        """
        if not isinstance(values, dict):
            raise ConfigError(f"{origin}: expected a JSON object, found {type(values).__name__}")
        unknown = set(values) - {"preset", "model", "data", "training"}
        if unknown:
            raise ConfigError(f"{origin}: unknown entry {sorted(unknown)[0]!r}")
        base = preset(values.get("preset", "paper"))
        return cls(
            preset=base.preset,
            model=_replaced(base.model, values.get("model", {}), f"{origin}: model"),
            data=_replaced(base.data, values.get("data", {}), f"{origin}: data"),
            training=_replaced(base.training, values.get("training", {}), f"{origin}: training"),
        )

    @classmethod
    def from_file(cls, path: Path) -> "Mem3DConfig":
        """Read a JSON configuration file.

        Raises:
            ConfigError: if it cannot be read or is not a valid configuration.
        """
        try:
            values = json.loads(Path(path).read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
            raise ConfigError(f"{path}: cannot be read as a JSON configuration ({error})") from error
        return cls.from_dict(values, origin=str(path))


def preset(name: str) -> Mem3DConfig:
    """The configuration called ``paper`` (published sizes) or ``compact`` (for two CPU cores, under 30 MB).

    Raises:
        ConfigError: for any other name.
    """
    if not isinstance(name, str) or name not in PRESETS:
        raise ConfigError(f"unknown preset {name!r}: choose one of {', '.join(PRESETS)}")
    return PRESETS[name]


@cache
def field_docs(kind: type) -> dict[str, str]:
    """What each field of a dataclass means: the string written below it, on one line; empty where there is none.

    Python keeps no such strings, so they are read from the source, which an installed package has too.
    """
    body = ast.parse(textwrap.dedent(inspect.getsource(kind))).body[0].body  # type: ignore[attr-defined]
    docs = {entry.name: "" for entry in dataclasses.fields(kind)}
    for statement, below in itertools.pairwise(body):
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            text = below.value if isinstance(below, ast.Expr) else None
            if isinstance(text, ast.Constant) and isinstance(text.value, str):
                docs[statement.target.id] = " ".join(text.value.split())
    return docs


def _positive(config: Any, *names: str) -> None:
    for name in names:
        if not 0 < getattr(config, name) < math.inf:
            raise ConfigError(f"{name} must be positive, not {getattr(config, name)}")


@cache
def setting_types(kind: type) -> dict[str, Any]:
    """The type of each field of a dataclass, as ``core.setting_values`` takes it."""
    hints = get_type_hints(kind)
    return {entry.name: hints[entry.name] for entry in dataclasses.fields(kind)}


def _replaced(base: Any, values: Any, origin: str) -> Any:
    if not isinstance(values, dict):
        raise ConfigError(f"{origin}: expected a JSON object, found {type(values).__name__}")
    kind: type = type(base)
    types, changes = setting_types(kind), {}
    for name, value in values.items():
        if name not in types:
            raise ConfigError(f"{origin}: unknown entry {name!r}")
        try:
            changes[name] = converted(value, types[name])
        except ValueError as error:
            raise ConfigError(f"{origin}.{name}: {error}") from None
    try:
        return dataclasses.replace(base, **changes)
    except ConfigError as error:  # of values that are impossible: it knows no file
        raise ConfigError(f"{origin}: {error}") from None


PRESETS: dict[str, Mem3DConfig] = {
    "paper": Mem3DConfig(),
    "compact": Mem3DConfig(
        preset="compact",
        model=ModelConfig(
            image_size=128,
            backbone="resnet18",
            backbone_width=32,
            encoder_channels=(96, 64, 64),
            memory_slots=1000,
            value_similarity="iou",
            # Without ImageNet weights keys are less alike: at 0.85 four in ten pictures find no prior.
            beta=0.75,
            shape_encoder_resolution=16,
            lstm_hidden=128,
            decoder_channels=(128, 48, 16, 8, 1),
        ),
        training=TrainingConfig(
            epochs=4,
            halve_after_epochs=(2.4, 2.9, 3.3, 3.6, 3.8),
            warmup_steps=50,
            triplet_weight=0.1,
            triplet_warmup_steps=1000,
        ),
    ),
}
