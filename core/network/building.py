"""The one place where a configuration becomes a network: another encoder or decoder is a new file and a line here."""

from torch import nn

from core.config import RESIDUAL, ModelConfig
from core.network.backbones import make_backbone
from core.network.image_encoder import ImageEncoder, narrowing_head, published_head
from core.network.mask_head import MaskHead
from core.network.mem3d import Mem3D
from core.network.prior_blend import PriorBlend
from core.network.shape_decoder import DepthToSpace, ShapeDecoder, published_output
from core.network.shape_encoder import ShapeEncoder
from core.network.shape_memory import ShapeMemory


def build_network(config: ModelConfig) -> Mem3D:
    """Mem3D of these sizes, with random weights and an empty memory.

    Raises:
        ConfigError: if there is no such backbone.
    """
    image_encoder = build_image_encoder(config)
    return Mem3D(
        config,
        image_encoder=image_encoder,
        memory=ShapeMemory(
            config.memory_slots,
            config.key_size,
            value_similarity=config.value_similarity,
            delta=config.known_from,
            resolution=config.voxel_resolution,
        ),
        shape_encoder=ShapeEncoder(config),
        shape_decoder=build_shape_decoder(config),
        prior_blend=PriorBlend() if config.prior_path == "blend" else None,
        mask_head=MaskHead(image_encoder.backbone.widths) if config.mask_head else None,
    )


def build_image_encoder(config: ModelConfig) -> ImageEncoder:
    """The encoder: torchvision's networks end at 1/8 of the side and get the published head, timm's at 1/32.

    Raises:
        ConfigError: if there is no such backbone.
    """
    backbone = make_backbone(config)
    head = published_head if config.backbone in RESIDUAL else narrowing_head
    return ImageEncoder(backbone, head(backbone.channels, config.encoder_channels))


def build_shape_decoder(config: ModelConfig) -> ShapeDecoder:
    """The decoder, with a channel for the gate where the retrieved shapes are blended in."""
    channels = 2 if config.prior_path == "blend" else 1
    widths = config.decoder_channels[:-1]
    output: nn.Conv3d | nn.ConvTranspose3d
    output = DepthToSpace(widths[-1], channels) if len(widths) == 3 else published_output(widths[-1], channels)
    return ShapeDecoder(config.key_size + config.lstm_hidden, widths, output, channels)
