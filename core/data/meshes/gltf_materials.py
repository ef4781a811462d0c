"""Colours and pictures of glTF's materials.

Sections 3.9 and 5.19 of glTF 2.0, ``KHR_materials_pbrSpecularGlossiness``, ``KHR_texture_transform`` (turned as
Khronos' sample viewer and three.js do), ``EXT_texture_webp``, ``EXT_texture_avif``. Factors and colours of vertices are
linear light and become sRGB (IEC 61966-2-1); pictures are sRGB already.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from core.data.meshes.gltf_document import Document
from core.data.meshes.parts import GREY, Notes, Picture
from core.data.meshes.pictures import decoded_picture

_CLAMP, _MIRROR = 33071, 33648


@dataclass(frozen=True)
class Look:
    """The colours of a primitive."""

    colours: NDArray[np.uint8]
    """(V, 3) or (3,) sRGB; under a picture its tint."""
    colours_from: str
    """Where they come from."""
    picture: Picture | None = None
    """What lies on it."""
    uv: NDArray[np.float64] | None = None
    """(V, 2) where each vertex lies on the picture, v upwards."""


def to_srgb(linear: NDArray[np.float64]) -> NDArray[np.float64]:
    """Light 0 … 1 as sRGB 0 … 255."""
    light = np.clip(linear, 0, 1)
    return 255 * np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)


class Materials:
    """The looks of a document's primitives; every picture is decoded once.

    Args:
        document: the file.
        notes: told what is assumed and missing.
    """

    def __init__(self, document: Document, notes: Notes) -> None:
        self._document = document
        self._notes = notes
        self._pictures: dict[tuple[int, bool], Image.Image | None] = {}
        self._mirrored: dict[int, Image.Image] = {}

    def look(self, number: int | None, attributes: Mapping[str, NDArray[Any]]) -> Look:
        """The look of a primitive with that material and those attributes."""
        vertex = self._vertex_light(attributes)
        if number is None:
            if vertex is None:
                return Look(np.array(GREY, np.uint8), "")
            return Look(np.rint(to_srgb(vertex)).astype(np.uint8), "vertices")
        material = self._document.one("materials", number)
        factor, texture = self._base(material)
        light = factor if vertex is None else factor * vertex
        colours = np.rint(to_srgb(light)).astype(np.uint8)
        mode = material.get("alphaMode", "OPAQUE")
        if texture is not None:
            laid = self._laid(texture, attributes, alpha=mode != "OPAQUE")
            if laid is not None:
                return Look(colours, "pictures" if vertex is None else "pictures and vertices", *laid)
        elif mode == "BLEND":
            self._notes.met("see-through materials, drawn opaque")
        return Look(colours, "materials" if vertex is None else "vertices")

    def _vertex_light(self, attributes: Mapping[str, NDArray[Any]]) -> NDArray[np.float64] | None:
        """(V, 3) linear light of ``COLOR_0``, or None."""
        values = attributes.get("COLOR_0")
        if values is None:
            return None
        light = values[:, :3].astype(np.float64)
        if values.dtype.kind != "f":  # integers mean fractions, even where that is not said
            light /= np.iinfo(values.dtype).max
        if not np.isfinite(light).all():
            raise ValueError("colours without number")
        if "trimesh" in self._document.generator:  # which writes them as they are shown
            self._notes.met("colours of vertices in sRGB")
            light = np.where(light <= 0.04045, light / 12.92, ((light + 0.055) / 1.055) ** 2.4)
        return light

    def _base(self, material: Mapping[str, Any]) -> tuple[NDArray[np.float64], Any]:
        """The linear colour of a material and its texture, or None."""
        glossy = material.get("extensions", {}).get("KHR_materials_pbrSpecularGlossiness")
        if glossy is not None:
            self._notes.met("KHR_materials_pbrSpecularGlossiness")
            factor, texture = _light(glossy.get("diffuseFactor")), glossy.get("diffuseTexture")
        else:
            metallic = material.get("pbrMetallicRoughness", {})
            factor, texture = _light(metallic.get("baseColorFactor")), metallic.get("baseColorTexture")
        glow = _light(material.get("emissiveFactor", [0, 0, 0]))
        if not factor.any() and glow.any():
            self._notes.met("colours of glowing materials")
            return np.minimum(glow, 1), material.get("emissiveTexture")
        return factor, texture

    def _laid(
        self, texture: Mapping[str, Any], attributes: Mapping[str, NDArray[Any]], *, alpha: bool
    ) -> tuple[Picture, NDArray[np.float64]] | None:
        """A texture's picture and the places on it, or None where it cannot be had."""
        transform = texture.get("extensions", {}).get("KHR_texture_transform", {})
        name = f"TEXCOORD_{transform.get('texCoord', texture.get('texCoord', 0))}"
        if (places := attributes.get(name)) is None:
            self._notes.met(f"pictures without {name}, left out")
            return None
        if name != "TEXCOORD_0":
            self._notes.met(name)
        entry = self._document.one("textures", texture["index"])
        if (image := self._image(entry, alpha=alpha)) is None:
            return None
        uv = places[:, :2].astype(np.float64)
        if transform:
            uv = _transformed(uv, transform)
        if not np.isfinite(uv).all():
            raise ValueError("texture coordinates without number")
        number = entry.get("sampler")
        sampler = {} if number is None else self._document.one("samplers", number)
        wraps = [sampler.get("wrapS"), sampler.get("wrapT")]
        beyond = [bool(len(axis) and (axis.min() < 0 or axis.max() > 1)) for axis in uv.T]
        if any(wrap == _MIRROR and out for wrap, out in zip(wraps, beyond, strict=True)):
            image, uv = self._mirrored.setdefault(id(image), _four_ways(image)), uv / 2
        clamp = any(wrap == _CLAMP and out for wrap, out in zip(wraps, beyond, strict=True))
        return Picture(image, clamp), np.stack([uv[:, 0], 1 - uv[:, 1]], axis=1)

    def _image(self, entry: Mapping[str, Any], *, alpha: bool) -> Image.Image | None:
        """The picture of a texture, with its transparency where that counts; None, and noted, if it cannot be had."""
        extensions = entry.get("extensions", {})
        sources = [extensions.get(name, {}).get("source") for name in ("EXT_texture_webp", "EXT_texture_avif")]
        sources = [number for number in (*sources, entry.get("source")) if number is not None]
        for number in sources:
            if (number, alpha) not in self._pictures:
                self._pictures[number, alpha] = self._decoded(number, alpha)
            if (image := self._pictures[number, alpha]) is not None:
                if image.mode == "RGBA":
                    self._notes.met("see-through pictures")
                return image
        for number in sources:
            image_entry = self._document.one("images", number)
            uri = str(image_entry.get("uri", ""))
            self._notes.lacks(str(image_entry.get("name") or ("" if uri.startswith("data:") else uri) or "texture"))
        if not sources:
            self._notes.lacks(f"texture of {', '.join(extensions) or 'nothing'}")
        return None

    def _decoded(self, number: int, alpha: bool) -> Image.Image | None:
        entry = self._document.one("images", number)
        try:
            content = (
                self._document.view(entry["bufferView"]) if "bufferView" in entry else self._document.uri(entry["uri"])
            )
            return decoded_picture(content, alpha=alpha)
        except (OSError, ValueError, KeyError):
            return None


def _light(factor: Any) -> NDArray[np.float64]:
    """(3,) linear colour of a factor, white where none is given."""
    light = np.ones(3) if factor is None else np.array([float(value) for value in factor[:3]])
    if light.shape != (3,) or not np.isfinite(light).all():
        raise ValueError("a colour of a material is none")
    return light


def _transformed(uv: NDArray[np.float64], transform: Mapping[str, Any]) -> NDArray[np.float64]:
    """Places (V, 2), v downwards, scaled, then turned counter-clockwise as the picture is seen, then moved."""
    scale, offset = (
        np.array(transform.get(key, default), float) for key, default in (("scale", (1, 1)), ("offset", (0, 0)))
    )
    angle = float(transform.get("rotation", 0))
    cosine, sine = np.cos(angle), np.sin(angle)
    return np.asarray((uv * scale) @ np.array([[cosine, -sine], [sine, cosine]]) + offset)


def _four_ways(image: Image.Image) -> Image.Image:
    """A picture of twice the size that repeats as the mirrored one does."""
    pixels = np.asarray(image)
    wide = np.concatenate([pixels, pixels[:, ::-1]], axis=1)
    return Image.fromarray(np.concatenate([wide, wide[::-1]]), image.mode)
