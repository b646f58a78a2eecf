"""Loads the scripts in ``packaging/``, which is not a package, and makes small projects for them to work on."""

import importlib
import json
import os
import sys
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parent.parent
SCRIPTS = ROOT / "packaging"


def load(name: str) -> ModuleType:
    """Import a script as Python does when it runs one: its folder comes first on the path."""
    sys.path.insert(0, str(SCRIPTS))
    try:
        return importlib.import_module(name)
    finally:
        sys.path.remove(str(SCRIPTS))


def small_project(root: Path, *, python: str = "3.12.1", engine: str = "llama-cpp-python==0.3.36"):
    """A checkout with lock files and an environment that looks like one from outside."""
    requirements = root / "packaging" / "requirements"
    requirements.mkdir(parents=True)
    (root / "pyproject.toml").write_text("[project]\nname = 'plumbline'\n")
    for name in ("app", "check", "build"):
        (requirements / f"{name}.txt").write_text(f"# {name}\n")
    (requirements / "engine.txt").write_text(engine + "\n")
    project = load("setup_environment").Project(root)
    project.python.parent.mkdir(parents=True)
    project.python.symlink_to(sys.executable)
    (project.environment / "pyvenv.cfg").write_text(f"home = {Path(sys.executable).parent}\nversion = {python}\n")
    return project


def site_packages(environment: Path) -> Path:
    folder = environment / ("Lib" if os.name == "nt" else "lib/python3.12") / "site-packages"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def install_engine(environment: Path, *, version: str = "0.3.36") -> None:
    (site_packages(environment) / f"llama_cpp_python-{version}.dist-info").mkdir()


def fake_python(path: Path, script: str) -> Path:
    """An executable that ignores its arguments and runs a script of ours."""
    path.write_text(f"#!{sys.executable}\n{script}\n")
    path.chmod(0o755)
    return path


def write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value), encoding="utf-8")
