"""Data sets opened, and pictures loaded, in the background."""

import threading

import pytest
import viewer_support

from core.errors import DatasetError
from mem3d_viewer.data import controller as module
from mem3d_viewer.data.controller import DataController

pytestmark = pytest.mark.gui


@pytest.fixture
def packed(tmp_path):
    return viewer_support.make_packed(tmp_path / "blocks")


@pytest.fixture
def data(qapp):
    controller = DataController()
    yield controller
    controller.stop()
    viewer_support.dispose(controller)


def test_a_data_set_is_opened_under_the_name_it_was_asked_by(data, packed, qtbot):
    with qtbot.waitSignal(data.opened) as told:
        data.open(f"packed:{packed}")
        assert data.working
    dataset, spec = told.args
    assert (len(dataset.objects), spec) == (10, f"packed:{packed}")
    qtbot.waitUntil(lambda: not data.working)


def test_of_two_data_sets_only_the_last_one_arrives(data, packed, qtbot, monkeypatch):
    go_on, opened = threading.Event(), []
    original = module.open_dataset

    def slow(spec, *args, **options):
        go_on.wait(10)
        return original(spec, *args, **options)

    monkeypatch.setattr(module, "open_dataset", slow)
    data.opened.connect(lambda _, spec: opened.append(spec))
    data.open(str(packed))
    data.open(f"packed:{packed}")
    go_on.set()
    qtbot.waitUntil(lambda: not data.working)
    assert opened == [f"packed:{packed}"]


def test_pictures_and_details_are_loaded(data, packed, qtbot):
    with qtbot.waitSignal(data.opened):
        data.open(str(packed))
    with qtbot.waitSignal(data.picture_loaded) as picture:
        data.want_picture(3)
    assert picture.args[0] == 3
    with qtbot.waitSignal(data.details_loaded) as details:
        data.want_details(4)
    index, pictures, grid = details.args
    assert (index, len(pictures)) == (4, 3)
    assert (grid == viewer_support.block(4)).all()


def test_a_folder_tells_what_it_holds(data, packed, tmp_path, qtbot):
    with qtbot.waitSignal(data.recognised) as told:
        data.recognise(packed)
    assert told.args == [packed, "data set"]
    (tmp_path / "meshes").mkdir()
    (tmp_path / "meshes" / "a.off").write_text("OFF")
    with qtbot.waitSignal(data.recognised) as told:
        data.recognise(tmp_path / "meshes")
    assert told.args == [tmp_path / "meshes", "meshes"]
    (tmp_path / "nothing").mkdir()
    with qtbot.waitSignal(data.failed) as told:
        data.recognise(tmp_path / "nothing")
    assert isinstance(told.args[0], DatasetError)
