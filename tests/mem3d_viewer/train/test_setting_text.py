"""Settings in the form: names and meanings for people, and errors beside the setting they are about."""

import pytest

from core.config import ModelConfig, TrainingConfig
from mem3d_viewer.train.setting_text import rich, setting_named, spoken


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
