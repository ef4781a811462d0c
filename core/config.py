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
from core.json_files import read_json
from core.setting_values import converted, parsed

ValueSimilarity = Literal["paper", "iou"]
PriorPath = Literal["lstm", "blend"]
Schedule = Literal["steps", "cosine"]
StartWith = Literal["both", "weights", "memory"]
Subset = Literal[
    "all", "clear", "chairs", "occluded", "chairs_truncated", "chairs_occluded", "chairs_slightly_occluded"
]
CropBy = Literal["mask", "box"]
Damaged = Literal["refuse", "skip"]
Precision = Literal["float32", "bfloat16"]
EvaluationProtocol = Literal["own", "pix2vox"]

RESIDUAL = ("resnet50", "resnet18")
"""The backbones of torchvision; every other name is one of timm's."""

COPY = "~"
"""In an object's id: what follows numbers changed copies of the object, which count as the same one."""

DEFAULT_THRESHOLD = 0.3
"""The occupancy threshold t wherever none is asked for: a voxel above it counts as occupied."""

DEFAULT_DELTA: dict[ValueSimilarity, float] = {"paper": 0.90, "iou": 0.60}
"""delta belongs to its similarity: IoU falls much faster than the share of equal voxels."""


@dataclass(frozen=True)
class ModelConfig:
    """Sizes and rules of the network; the defaults are the paper's (preset ``paper``)."""

    image_size: int = 224
    """Side of the square network input in pixels."""
    backbone: str = "resnet50"
    """``resnet50`` or ``resnet18``, whose stem and first two residual stages are used as published, or any network of
    timm that ends at 1/32 of the side, such as ``tf_efficientnet_lite0``."""
    backbone_width: int = 64
    """Channels of the stem of ``resnet18``; ImageNet weights exist for 64 only."""
    encoder_channels: tuple[int, ...] = (512, 256, 256)
    """Channels of the convolutions after the backbone: three of 3 x 3 with pooling, or for a backbone of timm any
    number of 1 x 1."""
    memory_slots: int = 4000
    """m, the number of memory slots."""
    value_similarity: ValueSimilarity = "paper"
    """*choice*: ``paper`` is 1 - the mean squared difference; ``iou`` suits thin objects better."""
    delta: float | None = None
    """Value similarity from which a shape counts as known; None: 0.90 for ``paper``, 0.60 for ``iou``."""
    beta: float = 0.85
    """Key similarity a slot must exceed to be retrieved."""
    threshold: float = DEFAULT_THRESHOLD
    """t, the occupancy probability above which a voxel counts as occupied wherever no other is asked for. Like beta it
    is chosen on the validation views when a training ends, and stored in its best checkpoint."""
    max_priors: int = 20
    """*choice*: at most this many retrieved shapes go to the LSTM, most similar first."""
    shape_encoder_resolution: int = 32
    """*choice*: side to which retrieved grids are average-pooled before the LSTM; 32: no pooling."""
    lstm_hidden: int = 2048
    """Hidden units of the LSTM, the length of the prior vector p."""
    decoder_channels: tuple[int, ...] = (512, 128, 32, 8, 1)
    """Channels of the transposed convolutions; four in place of the published five end at half the side, and the last
    doubling is made of depth."""
    mask_head: bool = False
    """*choice*: a head on the image encoder that tells the object of a photo from its background; it is trained by
    ``mem3d train-mask`` once the encoder is."""
    prior_path: PriorPath = "lstm"
    """*choice*: ``lstm`` is the paper's; ``blend`` also adds the retrieved shapes themselves to the decoder's logits,
    weighted by key similarity and by how well they agree with what was decoded, as far as a gate lets them."""
    voxel_resolution: int = 32
    """r, the side of the voxel grid."""

    def __post_init__(self) -> None:
        """Refuse combinations that cannot work, with the reason."""
        _positive(self, "image_size", "backbone_width", "memory_slots", "max_priors", "lstm_hidden")
        if not self.backbone.replace("_", "").replace(".", "").isalnum():
            raise ConfigError(f"backbone must be resnet50, resnet18 or a network of timm, not {self.backbone!r}")
        if self.prior_path not in get_args(PriorPath):
            raise ConfigError(f"prior_path must be lstm or blend, not {self.prior_path!r}")
        if self.value_similarity not in DEFAULT_DELTA:
            raise ConfigError(f"value_similarity must be paper or iou, not {self.value_similarity!r}")
        if self.backbone != "resnet18" and self.backbone_width != 64:
            raise ConfigError(
                f"backbone {self.backbone} has a width of its own: leave backbone_width at 64, not "
                f"{self.backbone_width}; resnet18 has any"
            )
        if self.image_size % 32 and self.backbone in RESIDUAL:
            raise ConfigError(f"image_size must be a multiple of 32 (it is halved five times), not {self.image_size}")
        if self.image_size % 16:
            raise ConfigError(f"image_size must be a multiple of 16, not {self.image_size}")
        if self.voxel_resolution != 32:
            raise ConfigError(
                f"voxel_resolution must be 32 (the decoder doubles 2 four times), not {self.voxel_resolution}"
            )
        if self.shape_encoder_resolution not in (4, 8, 16, 32):
            raise ConfigError(f"shape_encoder_resolution must be 4, 8, 16 or 32, not {self.shape_encoder_resolution}")
        if (self.backbone in RESIDUAL and len(self.encoder_channels) != 3) or min(self.encoder_channels, default=0) < 1:
            raise ConfigError(f"encoder_channels must be three positive sizes, not {self.encoder_channels}")
        if len(self.decoder_channels) not in (4, 5) or min(self.decoder_channels) < 1:
            raise ConfigError(f"decoder_channels must be four or five positive sizes, not {self.decoder_channels}")
        if self.decoder_channels[-1] != 1:
            raise ConfigError(f"the last of decoder_channels must be 1, not {self.decoder_channels[-1]}")
        if not 0.0 <= self.threshold < 1.0:
            raise ConfigError(f"threshold is a probability and must lie in 0 … 1, not {self.threshold}")
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
        """n_k, the length of the feature F: last encoder channels times (image_size / 32, rounded up) squared."""
        return self.encoder_channels[-1] * math.ceil(self.image_size / 32) ** 2

    @property
    def known_from(self) -> float:
        """The value similarity in force from which a shape counts as known (delta)."""
        return DEFAULT_DELTA[self.value_similarity] if self.delta is None else self.delta


@dataclass(frozen=True)
class DataConfig:
    """Which data set is trained on and how its pictures are varied."""

    dataset: str = "builtin"
    """Data set: ``builtin``, ``packed:DIR``, ``shapenet:DIR``, ``pix3d:DIR``, or a folder that is one of these; several
    are joined by `` + ``, and ``2 * `` before one shows each of its pictures twice as often."""
    subset: Subset = "all"
    """Which pictures of Pix3D: ``clear`` leaves out every truncated or occluded one, ``chairs`` is the usual test of
    chairs, ``occluded`` every other chair."""
    crop_by: CropBy = "mask"
    """Pictures of Pix3D: ``mask`` cuts the object out, ``box`` keeps the background around it."""
    damaged: Damaged = "refuse"
    """What to do about missing or unreadable files: ``refuse`` the data set, or ``skip`` them."""
    backgrounds: str = ""
    """*choice*: folder of photographs, parts of which are put behind renderings with alpha and on occluders, half of
    the time; empty: plain and graded backgrounds only."""
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
    backbone_rate: float = 1.0
    """*choice*: learning rate of the backbone relative to that of the rest."""
    freeze_until: int = 0
    """*choice*: stages of the backbone, the stem included in the first, that keep their first weights and the
    statistics of their batch norm; 0 lets all of it learn, one more than there are keeps the whole image encoder."""
    schedule: Schedule = "steps"
    """*choice*: ``steps`` halves the learning rate at given epochs, ``cosine`` brings it to zero over all epochs."""
    adam_betas: tuple[float, float] = (0.9, 0.999)
    """Adam's decay rates."""
    halve_after_epochs: tuple[float, ...] = (150.0,)
    """The learning rate is halved after each of these (fractional) epochs, under the schedule ``steps``."""
    warmup_steps: int = 0
    """*choice*: steps over which the learning rate rises linearly from zero."""
    average_decay: float = 0.0
    """*choice*: validations and checkpoints have the exponential moving average of the weights with this decay a step
    (0.999: over some 1000 steps); 0 has the weights themselves."""
    dice_weight: float = 0.0
    """*choice*: weight of the Dice loss beside the cross entropy; it counts a thin shape as much as a thick one."""
    alpha: float = 0.1
    """Margin of the voxel triplet loss."""
    triplet_weight: float = 1.0
    """*choice*: weight of the triplet loss in the total."""
    triplet_warmup_steps: int = 0
    """*choice*: steps over which that weight rises linearly from zero; from random weights the triplet loss,
    whose negatives are the hardest of the whole memory, otherwise makes all features alike."""
    use_memory: bool = True
    """False trains the twin without memory: no read, no write, no triplet loss."""
    write_memory: bool = True
    """*choice*: False reads the memory as it is and writes nothing, such as to learn to use shapes that were added to
    it; with ``freeze_until`` above the number of stages its keys go on to fit the features."""
    leave_out_own_object: bool = True
    """*choice*: a training read ignores slots that came from the very object being trained on."""
    own_object_share: float = 0.0
    """*choice*: how often it does not, so that the network learns to take over a shape that fits, as one of your own
    does that was added to the memory; with 0 every shape it ever reads is another one's."""
    imagenet_weights: bool = True
    """Start the backbone from ImageNet weights where they can be loaded."""
    backbone_weights: str = ""
    """*choice*: file of weights for the backbone (safetensors or torch's), in place of the ImageNet ones."""
    start_from: str = ""
    """*choice*: checkpoint to start from in place of random or ImageNet weights; the network's sizes are then its."""
    start_with: StartWith = "both"
    """*choice*: what of it to take: ``weights``, ``memory``, or ``both``."""
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
        if self.start_with not in get_args(StartWith):
            raise ConfigError(f"start_with must be both, weights or memory, not {self.start_with!r}")
        if self.schedule not in get_args(Schedule):
            raise ConfigError(f"schedule must be steps or cosine, not {self.schedule!r}")
        if not 0.0 <= self.own_object_share <= 1.0:
            raise ConfigError(f"own_object_share must lie in 0 … 1, not {self.own_object_share}")
        if not 0.0 <= self.average_decay < 1.0:
            raise ConfigError(f"average_decay must lie in 0 … 1, 1 excluded, not {self.average_decay}")
        for name in (
            "warmup_steps", "triplet_warmup_steps", "triplet_weight", "alpha", "probes", "dice_weight",
            "backbone_rate", "freeze_until",
        ):  # fmt: skip
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
    def from_dict(cls, values: Any, origin: str = "configuration", *, recorded: bool = False) -> "Mem3DConfig":
        """Build from nested plain values; missing fields keep the preset's value.

        Args:
            values: a mapping with any of ``preset``, ``model``, ``data``, ``training``.
            origin: file name used in error messages.
            recorded: the values are a checkpoint's or a run's. They were complete when they were written, so that a
                field that is missing did not exist yet, and has the paper's value: what there was before it.

        Raises:
            ConfigError: for an unknown field, a wrong type or an impossible combination.
        """
        if not isinstance(values, dict):
            raise ConfigError(f"{origin}: expected a JSON object, found {type(values).__name__}")
        unknown = set(values) - {"preset", "model", "data", "training"}
        if unknown:
            raise ConfigError(f"{origin}: unknown entry {sorted(unknown)[0]!r}")
        named = preset(values.get("preset", "paper"))
        base = cls() if recorded else named
        return cls(
            preset=named.preset,
            model=_replaced(base.model, values.get("model", {}), f"{origin}: model"),
            data=_replaced(base.data, values.get("data", {}), f"{origin}: data"),
            training=_replaced(base.training, values.get("training", {}), f"{origin}: training"),
        )

    @classmethod
    def from_file(cls, path: Path, *, recorded: bool = False) -> "Mem3DConfig":
        """Read a JSON configuration file; ``recorded`` as in ``from_dict``.

        Raises:
            ConfigError: if it cannot be read or is not a valid configuration.
        """
        try:
            values = read_json(Path(path))
        except (OSError, ValueError) as error:
            raise ConfigError(f"{path}: cannot be read as a JSON configuration ({error})") from error
        return cls.from_dict(values, origin=str(path), recorded=recorded)


def preset(name: str) -> Mem3DConfig:
    """The configuration called ``paper`` (published sizes), ``medium`` or ``compact`` (for two CPU cores).

    ``medium`` is the embedded model's: some minutes on a GPU, and a file under 60 MB.

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
    body = ast.parse(textwrap.dedent(inspect.getsource(kind))).body[0].body  # type: ignore[attr-defined]  # of a class
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


_COMPACT = Mem3DConfig(
    preset="compact",
    model=ModelConfig(
        image_size=112,
        backbone="tf_efficientnet_lite0",
        encoder_channels=(64,),
        memory_slots=2000,
        value_similarity="iou",
        beta=0.4,  # the 20 most similar slots pass even early on; the model's own is chosen at the end
        shape_encoder_resolution=8,
        lstm_hidden=128,
        decoder_channels=(128, 48, 16, 1),
        prior_path="blend",
    ),
    training=TrainingConfig(
        epochs=4,
        batch_size=16,
        backbone_rate=0.5,
        freeze_until=3,
        schedule="cosine",
        warmup_steps=50,
        average_decay=0.998,
        dice_weight=0.1,
        triplet_weight=0.1,
        triplet_warmup_steps=400,
    ),
)

PRESETS: dict[str, Mem3DConfig] = {
    "paper": Mem3DConfig(),
    "medium": dataclasses.replace(
        _COMPACT,
        preset="medium",
        model=dataclasses.replace(
            _COMPACT.model,
            image_size=128,
            encoder_channels=(96,),
            memory_slots=6000,
            decoder_channels=(192, 96, 32, 1),
        ),
        training=dataclasses.replace(
            _COMPACT.training, batch_size=64, warmup_steps=200, average_decay=0.999, triplet_warmup_steps=800
        ),
    ),
    "compact": _COMPACT,
}
