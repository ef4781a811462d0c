"""A made-up advisory is found for the versions it names, and for no others."""

import json
from importlib import metadata

import advisories
import pytest
from advisories import affecting, from_pip_audit, main, records


def advisory(name="Made.Up", **affected):
    package = {"ecosystem": "PyPI", "name": name}
    return {"id": "PYSEC-1", "aliases": ["CVE-1"], "affected": [{"package": package, **affected}]}


def between(*events, kind="ECOSYSTEM"):
    return {"ranges": [{"type": kind, "events": [dict([event]) for event in events]}]}


FIXED = between(("introduced", "1.2"), ("fixed", "1.10"))
TWICE = between(("introduced", "0"), ("fixed", "1.2"), ("introduced", "2.0"))


@pytest.mark.parametrize(
    ("affected", "version", "holds"),
    [
        (FIXED, "1.1", False),
        (FIXED, "1.2", True),
        (FIXED, "1.9.3", True),
        (FIXED, "1.10", False),
        (FIXED, "1.10rc1", True),
        (TWICE, "1.0", True),
        (TWICE, "1.5", False),
        (TWICE, "2.1", True),
        (between(("introduced", "1.0"), ("last_affected", "1.4")), "1.4", True),
        (between(("introduced", "1.0"), ("last_affected", "1.4")), "1.4.1", False),
        (between(("introduced", "0"), kind="GIT"), "1.0", False),
        ({"versions": ["1.0", "1.1"]}, "1.1", True),
        ({"versions": ["1.0", "1.1"]}, "1.2", False),
    ],
)
def test_the_versions_that_are_affected(package, affected, version, holds):
    package("made_up", version)
    found = affecting([advisory(**affected)], [metadata.distribution("made_up")])
    assert [(each.package, each.version, each.ids) for each in found] == [
        ("made-up", version, ("PYSEC-1", "CVE-1"))
    ] * holds


def test_other_packages_other_ecosystems_and_withdrawn_ones_are_left_out(package):
    package("made_up")
    packages = [metadata.distribution("made_up")]
    assert affecting([advisory(versions=["1.0"])], packages)
    assert not affecting([advisory("other", versions=["1.0"])], packages)
    assert not affecting([{**advisory(versions=["1.0"]), "withdrawn": "2026-01-01T00:00:00Z"}], packages)
    other = advisory(versions=["1.0"])
    other["affected"][0]["package"]["ecosystem"] = "npm"
    assert not affecting([other], packages)


@pytest.fixture
def folder(tmp_path):
    """A list in which NumPy has an advisory."""
    folder = tmp_path / "list" / "vulns"
    folder.mkdir(parents=True)
    (folder / "a.json").write_text(json.dumps(advisory("numpy", **between(("introduced", "0"), ("fixed", "99")))))
    (folder / "other.json").write_text("[]")
    return folder.parent


def test_the_check_refuses_until_it_is_accepted(folder, capsys):
    assert main(["--list", str(folder)]) == 1
    line, count = capsys.readouterr().out.splitlines()
    assert line == f"advisories: numpy {metadata.version('numpy')}: PYSEC-1 CVE-1; fixed in 99"
    assert count.endswith(" 1 advisories, 0 accepted")
    assert main(["--list", str(folder), "--accept", "CVE-1"]) == 0


def test_yaml_is_read_as_well(tmp_path):
    yaml = pytest.importorskip("yaml", reason="no PyYAML here")
    (tmp_path / "PYSEC-1.yaml").write_text(yaml.safe_dump(advisory(versions=["1.0"])))
    assert list(records(tmp_path)) == [advisory(versions=["1.0"])]


@pytest.mark.parametrize(("content", "said"), [(None, "no advisories in it"), ("{", "a.json: cannot be read")])
def test_a_list_that_is_none_is_refused(tmp_path, capsys, content, said):
    if content:
        (tmp_path / "a.json").write_text(content)
    assert main(["--list", str(tmp_path)]) == 2
    assert said in capsys.readouterr().out


def test_without_a_list_it_says_so(monkeypatch, capsys):
    monkeypatch.setattr(advisories, "asked_of_pip_audit", lambda: None)
    assert main([]) == 0
    assert "no list is at hand" in capsys.readouterr().out


def test_an_answer_of_pip_audit_is_understood(monkeypatch, capsys):
    found = {"id": "PYSEC-2", "aliases": ["CVE-2"], "fix_versions": ["3.0", "2.9.1"], "description": "…"}
    answer = {"dependencies": [{"name": "a", "version": "2.0", "vulns": [found]}, {"name": "b", "skip_reason": "…"}]}
    monkeypatch.setattr(advisories, "asked_of_pip_audit", lambda: from_pip_audit(json.dumps(answer)))
    assert main([]) == 1
    said = capsys.readouterr().out
    assert "advisories: a 2.0: PYSEC-2 CVE-2; fixed in 3.0, 2.9.1\n" in said
    assert "could not look at b\n" in said


@pytest.mark.parametrize("answer", ["", "ERROR: no network", '{"dependencies": [{"name": "b", "skip_reason": "…"}]}'])
def test_an_answer_about_nothing_is_none(answer):
    assert from_pip_audit(answer) is None
