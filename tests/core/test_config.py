"""Configurations: the paper's defaults, refused combinations, files."""

import dataclasses
import json

import pytest

from core.config import DataConfig, Mem3DConfig, ModelConfig, TrainingConfig, field_docs, preset, setting_types
from core.errors import ConfigError
from core.setting_values import as_text, converted, parsed


def test_the_paper_preset_holds_the_published_numbers():
    config = preset("paper")
    assert (config.model.image_size, config.model.memory_slots, config.model.lstm_hidden) == (224, 4000, 2048)
    assert (config.model.beta, config.model.known_from, config.model.key_size) == (0.85, 0.90, 12544)
    assert (config.training.batch_size, config.training.learning_rate, config.training.alpha) == (32, 1e-3, 0.1)
    assert (config.training.epochs, config.training.halve_after_epochs) == (250, (150,))


def test_delta_belongs_to_its_similarity():
    assert ModelConfig(value_similarity="iou").known_from == 0.60
    assert ModelConfig(value_similarity="iou", delta=0.5).known_from == 0.5


@pytest.mark.parametrize(
    ("kind", "values", "reason"),
    [
        (ModelConfig, {"image_size": 200}, "multiple of 32"),
        (ModelConfig, {"lstm_hidden": 2047}, "divisible by 8"),
        (ModelConfig, {"decoder_channels": (8, 8, 8, 8, 2)}, "last of decoder_channels"),
        (ModelConfig, {"decoder_channels": (8, 8, 1)}, "four or five positive"),
        (ModelConfig, {"beta": 1.5}, "beta"),
        (ModelConfig, {"delta": 0.0}, "delta"),
        (ModelConfig, {"memory_slots": 0}, "memory_slots"),
        (ModelConfig, {"voxel_resolution": 64}, "voxel_resolution"),
        (ModelConfig, {"value_similarity": "dice"}, "value_similarity"),
        (ModelConfig, {"backbone": ""}, "backbone"),
        (ModelConfig, {"backbone": "tf_efficientnet_lite0", "image_size": 120}, "multiple of 16"),
        (ModelConfig, {"prior_path": "mean"}, "prior_path"),
        (TrainingConfig, {"schedule": "linear"}, "schedule"),
        (TrainingConfig, {"average_decay": 1.0}, "average_decay"),
        (ModelConfig, {"shape_encoder_resolution": 10}, "shape_encoder_resolution"),
        (DataConfig, {"noise": -0.1}, "noise"),
        (ModelConfig, {"backbone_width": 32}, "resnet50 has a width of its own"),
        (TrainingConfig, {"seed": -1}, "seed"),
        (TrainingConfig, {"alpha": float("nan")}, "alpha"),
        (TrainingConfig, {"learning_rate": float("inf")}, "learning_rate"),
        (TrainingConfig, {"batch_size": 1}, "batch normalisation"),
        (TrainingConfig, {"learning_rate": 0.0}, "learning_rate"),
        (TrainingConfig, {"adam_betas": (0.9, 1.0)}, "adam_betas"),
    ],
)
def test_impossible_settings_are_refused_with_the_reason(kind, values, reason):
    with pytest.raises(ConfigError, match=reason):
        kind(**values)


@pytest.mark.parametrize("name", ["paper", "medium", "compact"])
def test_a_configuration_survives_its_file(tmp_path, name):
    config = dataclasses.replace(preset(name), training=TrainingConfig(halve_after_epochs=(2.5, 4), seed=7))
    path = tmp_path / "config.json"
    path.write_text(config.to_json())
    assert Mem3DConfig.from_file(path) == config


def test_what_a_recorded_configuration_lacks_is_as_it_was_before_there_was_a_choice():
    old = json.loads(preset("compact").to_json())
    del old["model"]["prior_path"], old["training"]["schedule"]
    config = Mem3DConfig.from_dict(old, recorded=True)
    assert (config.preset, config.model.prior_path, config.training.schedule) == ("compact", "lstm", "steps")
    assert config.model.image_size == preset("compact").model.image_size


def test_a_partial_file_keeps_the_presets_values(tmp_path):
    path = tmp_path / "config.json"
    path.write_text(json.dumps({"preset": "compact", "model": {"beta": 0.7}}))
    config = Mem3DConfig.from_file(path)
    assert config.model == dataclasses.replace(preset("compact").model, beta=0.7)


@pytest.mark.parametrize(
    "text",
    [
        "not json",
        "[]",
        '{"preset": "huge"}',
        '{"modell": {}}',
        '{"model": {"bta": 1}}',
        '{"model": {"beta": "high"}}',
        '{"model": {"memory_slots": 10.5}}',
        '{"model": {"memory_slots": true}}',
        '{"model": {"encoder_channels": 5}}',
        '{"model": [1]}',
        '{"preset": []}',
        '{"model": {"encoder_channels": [8, 8, 16.5]}}',
        '{"training": {"use_memory": 1}}',
    ],
)
def test_a_wrong_file_is_one_clear_error(tmp_path, text):
    path = tmp_path / "config.json"
    path.write_text(text)
    with pytest.raises(ConfigError) as caught:
        Mem3DConfig.from_file(path)
    assert "\n" not in str(caught.value)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ConfigError, match=r"nowhere\.json"):
        Mem3DConfig.from_file(tmp_path / "nowhere.json")


@dataclasses.dataclass(frozen=True)
class Described:
    """A class with every kind of field."""

    alone: int = 1
    twice: tuple[int, int] = (1, 2)
    """First line
    and second line."""
    last: str = "x"
    """``code`` and "quotes"."""

    def method(self) -> int:
        """Not a field's."""
        return self.alone


def test_a_fields_meaning_is_the_string_below_it():
    assert field_docs(Described) == {
        "alone": "",
        "twice": "First line and second line.",
        "last": '``code`` and "quotes".',
    }


@pytest.mark.parametrize("kind", [ModelConfig, DataConfig, TrainingConfig, Mem3DConfig])
def test_every_setting_says_what_it_means(kind):
    docs = field_docs(kind)
    assert list(docs) == [entry.name for entry in dataclasses.fields(kind)]
    assert [name for name, text in docs.items() if not text.endswith((".", "…"))] == []


def test_single_fields_can_be_changed_wherever_they_are():
    config = preset("compact").changed({"batch_size": "8", "beta": "1", "dataset": "packed:here", "delta": "0.5"})
    assert config.training.batch_size == 8
    assert config.model.beta == 1.0
    assert config.model.delta == 0.5
    assert config.data.dataset == "packed:here"
    assert config.preset == "compact"
    assert config.model.lstm_hidden == preset("compact").model.lstm_hidden


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"batchsize": "8"}, "unknown entry 'batchsize'"),
        ({"beta": "high"}, 'beta: a number is expected, not "high"'),
        ({"epochs": "0"}, "positive"),
    ],
)
def test_a_wrong_change_is_refused_with_the_reason(values, reason):
    with pytest.raises(ConfigError, match=reason):
        preset("compact").changed(values)


def test_every_field_has_a_name_of_its_own():
    parts = [{field.name for field in dataclasses.fields(part)} for part in (ModelConfig, DataConfig, TrainingConfig)]
    assert len(set.union(*parts)) == sum(map(len, parts))


@pytest.mark.parametrize(("name", "value"), [("subset", "sofas"), ("crop_by", "circle"), ("damaged", "ignore")])
def test_choices_about_the_data_set_name_the_possible_ones(name, value):
    with pytest.raises(ConfigError, match=f"{name} must be one of .*, not '{value}'"):
        DataConfig(**{name: value})


def test_choices_about_the_data_set_survive_the_file(tmp_path):
    config = dataclasses.replace(preset("compact"), data=DataConfig(subset="occluded", crop_by="box", damaged="skip"))
    (tmp_path / "config.json").write_text(config.to_json())
    assert Mem3DConfig.from_file(tmp_path / "config.json") == config


def test_types_come_from_the_fields_not_from_the_values_they_have():
    config = preset("compact").changed({"delta": "0.8", "halve_after_epochs": "1, 2"})
    assert (config.model.delta, config.training.halve_after_epochs) == (0.8, (1.0, 2.0))
    back = Mem3DConfig.from_dict({"model": {"delta": None}, "training": {"halve_after_epochs": []}})
    assert (back.model.delta, back.training.halve_after_epochs) == (None, ())
    again = config.changed({"delta": "automatic", "halve_after_epochs": "[1.5]"})
    assert (again.model.delta, again.training.halve_after_epochs) == (None, (1.5,))
    assert back.changed({"halve_after_epochs": "1.5"}).training.halve_after_epochs == (1.5,)


@pytest.mark.parametrize("kind", [ModelConfig, DataConfig, TrainingConfig])
@pytest.mark.parametrize("name", ["paper", "medium", "compact"])
def test_every_setting_survives_as_text_and_as_json(kind, name):
    section = next(part for part in vars(preset(name)).values() if type(part) is kind)
    for field, hint in setting_types(kind).items():
        value = getattr(section, field)
        assert parsed(as_text(value), hint) == value, field
        assert converted(json.loads(json.dumps(value)), hint) == value, field
