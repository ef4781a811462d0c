import json

from core.cli import main


def test_a_quick_run_prints_everything_as_json(capsys):
    assert main(["benchmark", "--quick", "--rounds", "1", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["network"].endswith(".safetensors")
    assert {len(found[name]) for name in ("pictures", "loading")} == {2}
    assert len(found["picture"]) == 7
    assert len(found["training"]) == 3
    assert [row["slots"] for row in found["memory"]] == [4000]
    assert found["priors"] == 20


def test_tables_are_markdown(capsys):
    assert main(["benchmark", "--quick", "--rounds", "1", "--preset", "compact"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("preset compact, 2000 slots, 20 priors read; cpu")
    for name in ("picture to shape", "the paper done plainly", "a step of beta", "opening it", "4,000"):
        assert any(line.startswith(f"| {name} |") for line in lines)


def test_a_picture_that_cannot_be_read_is_one_line(capsys, tmp_path):
    assert main(["benchmark", "--preset", "none"]) == 2
    assert main(["benchmark", "--quick", "--image", str(tmp_path / "no.png")]) == 2
    assert "no.png" in capsys.readouterr().err.splitlines()[-1]
