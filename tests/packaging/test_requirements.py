import re
import tomllib

import pytest
from packaging_scripts import ROOT, SCRIPTS

LOCKS = {file.stem: file.read_text(encoding="utf-8") for file in (SCRIPTS / "requirements").glob("*.txt")}
PIN = re.compile(r"^([a-z0-9-]+)==(\S+)( ; [^\\\n]+)? \\$", re.MULTILINE)


def pins(lock: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for name, version, _marker in PIN.findall(LOCKS[lock]):
        found.setdefault(name, set()).add(version)
    return found


def normal(requirement: str) -> str:
    return re.sub(r"[-_.]+", "-", re.split(r"[<>=!~\[; ]", requirement)[0]).lower()


def test_there_is_a_lock_for_each_purpose():
    assert set(LOCKS) == {"app", "engine", "build", "check"}


@pytest.mark.parametrize("lock", sorted(LOCKS))
def test_every_locked_package_has_hashes_and_no_address(lock):
    blocks = re.split(r"\n(?=\S)", LOCKS[lock].strip())
    packages = [block for block in blocks if not block.startswith("#")]
    assert packages
    for package in packages:
        assert PIN.match(package.split("\n")[0]), package.split("\n")[0]
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", package)
    assert "://" not in LOCKS[lock]
    assert not re.search(r"^\s*(-i|-f|--index|--extra-index|--find-links|--trusted)", LOCKS[lock], re.MULTILINE)


def test_the_locks_hold_what_is_declared():
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    app = {normal(entry) for entry in [*declared["project"]["dependencies"], *declared["build-system"]["requires"]]}
    dev = {normal(entry) for entry in declared["dependency-groups"]["dev"]}
    assert app <= set(pins("app"))
    assert app | dev <= set(pins("check"))
    engine = {normal(entry): entry for entry in declared["project"]["optional-dependencies"]["engine"]}
    assert set(engine) <= set(pins("engine"))
    assert pins("engine")["llama-cpp-python"] == {engine["llama-cpp-python"].split("==")[1]}


def test_the_checks_run_on_the_versions_that_people_get():
    for lock in ("app", "engine"):
        for name in set(pins(lock)) & set(pins("check")):
            assert pins(lock)[name] == pins("check")[name], name


def test_no_qt_is_locked_that_aborts_on_python_3_11():
    (version,) = pins("app")["pyside6-essentials"]
    assert tuple(int(part) for part in version.split(".")[:2]) < (6, 12)
