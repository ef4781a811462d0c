"""Settings as text: what is shown can be typed, and what is typed is checked."""

import pytest

from core.config import ModelConfig, TrainingConfig
from mem3d_viewer.train.setting_text import as_text, parsed, rich, setting_named, spoken


@pytest.mark.parametrize(
    ("text", "hint", "value"),
    [
        ("12", int, 12),
        ("1e-3", float, 0.001),
        ("", float | None, None),
        ("0.9", float | None, 0.9),
        ("512, 256,256", tuple[int, int, int], (512, 256, 256)),
        ("2.4,", tuple[float, ...], (2.4,)),
        ("all", str, "all"),
    ],
)
def test_what_is_typed_becomes_a_value_and_back(text, hint, value):
    assert parsed(text, hint) == value
    assert value is None or parsed(as_text(value), hint) == value


@pytest.mark.parametrize(("text", "hint"), [("1.5", int), ("", int), ("x", float), ("1, b", tuple[int, int])])
def test_what_is_no_value_says_what_is_expected(text, hint):
    with pytest.raises(ValueError, match="number is expected"):
        parsed(text, hint)


def test_names_and_meanings_are_for_people():
    assert spoken("lstm_hidden") == "LSTM hidden"
    assert spoken("imagenet_weights") == "ImageNet weights"
    assert rich("*choice*: ``paper`` is 1 < 2") == "<i>choice</i>: <code>paper</code> is 1 &lt; 2"


@pytest.mark.parametrize(
    ("make", "field"),
    [
        (lambda: TrainingConfig(batch_size=1), "batch_size"),
        (lambda: ModelConfig(backbone_width=32), "backbone"),
        (lambda: ModelConfig(lstm_hidden=2047), "lstm_hidden"),
    ],
)
def test_an_error_is_about_the_setting_it_names(make, field):
    kind = TrainingConfig if field == "batch_size" else ModelConfig
    with pytest.raises(Exception, match=field) as caught:
        make()
    assert setting_named(str(caught.value), list(kind.__dataclass_fields__)) == field
