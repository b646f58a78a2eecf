import ast
import os
import sys

import pytest
from packaging_scripts import SCRIPTS, fake_python, load

supported_python = load("supported_python")


@pytest.mark.parametrize("version", [(3, 11), (3, 12, 4), (3, 13, 0, "final", 0)])
def test_the_versions_that_we_lock_for_are_supported(version):
    assert supported_python.is_supported(version)


@pytest.mark.parametrize("version", [(2, 7), (3, 6, 15), (3, 10), (3, 14), (4, 0)])
def test_an_unsupported_python_is_told_its_own_version_and_the_ones_it_takes(version):
    assert not supported_python.is_supported(version)
    sentence = supported_python.why_unsupported(version)
    assert f"this is Python {version[0]}.{version[1]}." in sentence
    assert "3.11 to 3.13" in sentence


@pytest.mark.parametrize("name", ["start", "check", "supported_python"])
def test_an_old_python_can_read_the_files_that_tell_it_so(name):
    source = (SCRIPTS / f"{name}.py").read_text(encoding="utf-8")
    ast.parse(source, feature_version=(3, 6))
    assert "annotations" not in source, "Python 3.6 does not know that __future__ import"


@pytest.mark.skipif(os.name == "nt", reason="the stand-ins are POSIX scripts")
def test_the_first_command_that_starts_a_supported_python_is_taken(tmp_path):
    fails = fake_python(tmp_path / "shim", "import sys; sys.exit(127)")
    too_old = fake_python(tmp_path / "old", "print('3.10'); print('/old')")
    fits = fake_python(tmp_path / "fits", "print('3.12'); print('/fits')")
    later = fake_python(tmp_path / "later", "print('3.13'); print('/later')")
    commands = [[str(tmp_path / "nowhere")], [str(fails)], [str(too_old)], [str(fits)], [str(later)]]
    assert supported_python.find_supported(commands) == "/fits"
    assert supported_python.find_supported(commands[:3]) is None


def test_the_running_python_is_found_by_asking_it():
    assert supported_python.find_supported([[sys.executable]]) == sys.executable
