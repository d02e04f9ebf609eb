#!/usr/bin/env python3
"""From a fresh clone to a running product, with Python 3.11 or later and nothing else.

    python3 bootstrap.py demo          the main job: a whole province, from policy text to ranking
    python3 bootstrap.py test          the whole gate: format, lint, types, contracts, tests
    python3 bootstrap.py bench ...     the measurements beside peers
    python3 bootstrap.py COMMAND ...   any other yuanzhi command

Makes ``.venv`` beside this file, installs the pinned distributions into it and hands over. The
second time nothing is installed. Where Python came without ``venv`` or ``pip``, what the machine
has is used instead, in the order of ``WAYS``.
"""

from __future__ import annotations

import glob
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from configparser import ConfigParser
from pathlib import Path
from urllib.parse import urldefrag, urljoin, urlsplit
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
PURPOSES = {"run": ("run", "test", "bench"), "test": ("test", "bench"), "bench": ("bench",)}
_WHEEL = re.compile(r"pip-(\d+)\.(\d+)(?:\.(\d+))?-py3-none-any\.whl")


def main(arguments: list[str]) -> int:
    """Make the environment the command needs, then run the command in it."""
    if sys.version_info < (3, 11):  # noqa: UP036 - this is the one file an older Python gets to read
        return say(
            "需要 Python 3.11 或更高版本，本机为 {found}。", "Python 3.11 or later is needed; this is {found}.",
            found=sys.version.split()[0],
        )  # fmt: skip
    command = arguments[0] if arguments else "--help"
    purpose = command if command in ("test", "bench") else "run"
    try:
        prepare(purpose)
    except (OSError, subprocess.CalledProcessError) as error:
        return say(
            "环境未能建成：{error}。请检查网络与磁盘后重试。",
            "The environment could not be made: {error}. Check network and disk, then try again.", error=error,
        )  # fmt: skip
    scripts = {"test": ROOT / "tools" / "gate.py", "bench": ROOT / "benchmarks" / "run.py"}
    start = [str(scripts[command]), *arguments[1:]] if command in scripts else ["-m", "yuanzhi", *arguments]
    try:
        return subprocess.run([str(PYTHON), *start], cwd=here(command), check=False).returncode
    except KeyboardInterrupt:
        return 130


def here(command: str) -> Path:
    """The gate and the benchmarks run at the root; every other command where the caller stands."""
    return ROOT if command in ("test", "bench") else Path.cwd()


def prepare(purpose: str) -> None:
    """Make ``.venv`` fit the pins of a purpose; quick when it already does."""
    if any(stamp(wider).exists() for wider in PURPOSES[purpose]):
        return
    say("正在准备环境 .venv，仅首次需要，约一分钟。", "Preparing .venv; only needed the first time, about a minute.")
    pip = environment_with_pip()
    install = [*pip, "install", "--quiet", "--disable-pip-version-check", "--no-input"]
    call([*install, "--require-hashes", "-r", str(ROOT / "constraints" / f"{purpose}.txt")])
    call([*install, "--no-deps", "--no-build-isolation", "--no-index", "--editable", str(ROOT)])
    stamp(purpose).touch()


def stamp(purpose: str) -> Path:
    """A file whose name says for what the environment was made; any change gives another name."""
    content = hashlib.sha256(f"{ROOT} {sys.version}".encode())
    for file in (ROOT / "pyproject.toml", ROOT / "constraints" / f"{purpose}.txt"):
        content.update(file.read_bytes())
    return VENV / f"made-for-{purpose}-{content.hexdigest()[:16]}"


def environment_with_pip() -> list[str]:
    """The command that runs pip for ``.venv``, by the first way that works."""
    if works([str(PYTHON), "-m", "pip", "--version"]):
        return [str(PYTHON), "-m", "pip"]
    for way in WAYS:
        if pip := way():
            return pip
    say(
        "本机的 Python 缺少 venv 与 pip，也没有可用的软件源。"
        "请先安装（Debian、Ubuntu：apt-get install python3-venv），再运行一次。",
        "This Python has neither venv nor pip, and no source of packages is configured. "
        "Install them (Debian, Ubuntu: apt-get install python3-venv) and run this again.",
    )  # fmt: skip
    raise SystemExit(1)


def own_pip() -> list[str] | None:
    """The usual way: Python's own ``ensurepip``, which Debian ships apart from Python."""
    if works([sys.executable, "-c", "import ensurepip; ensurepip.version()"]):
        call([sys.executable, "-m", "venv", "--clear", str(VENV)])
        return [str(PYTHON), "-m", "pip"]
    return None


def pip_of_the_machine() -> list[str] | None:
    """The machine's pip, working from outside on an environment without one (pip 22.3 or later)."""
    bare_environment()
    pip = [sys.executable, "-m", "pip", "--python", str(PYTHON)]
    return pip if works([*pip, "--version"]) else None


def wheel_on_disk() -> list[str] | None:
    """A wheel of pip that some package of the system keeps, run as it lies."""
    folders = ["/usr/share/python-wheels", *os.environ.get("PIP_FIND_LINKS", "").split()]
    return run_wheel([name for folder in folders for name in glob.glob(f"{folder}/pip-*.whl")])


def wheel_of_the_registry() -> list[str] | None:
    """A wheel of pip from the registry this machine is set up for; none is named here."""
    for index in configured_indexes():
        try:
            with urlopen(f"{index.rstrip('/')}/pip/", timeout=60) as answer:
                links = re.findall(r'href="([^"]+)"', answer.read().decode())
                base = answer.url
        except OSError:
            continue
        wheels = {Path(urlsplit(link).path).name: urljoin(base, link) for link in links if "sha256=" in link}
        if newest := newest_wheel(wheels):
            return run_wheel([download(wheels[newest])])
    return None


def package_of_the_system() -> list[str] | None:
    """As root on Debian or Ubuntu, the package that holds ``ensurepip``."""
    if not shutil.which("apt-get") or os.geteuid() != 0:
        return None
    say("正在用 apt-get 安装 python3-venv。", "Installing python3-venv with apt-get.")
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    own = f"python3.{sys.version_info.minor}-venv"
    subprocess.run(["apt-get", "-qq", "update"], env=quiet, check=False)
    for name in (own, "python3-venv"):
        subprocess.run(
            ["apt-get", "-qq", "-y", "install", "--no-install-recommends", name],
            env=quiet, check=False, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        if pip := own_pip():
            return pip
    return None


WAYS: tuple[Callable[[], list[str] | None], ...] = (
    own_pip, pip_of_the_machine, wheel_on_disk, wheel_of_the_registry, package_of_the_system,
)  # fmt: skip


def bare_environment() -> None:
    """An environment without pip; ``venv`` itself is part of every Python."""
    if not PYTHON.exists():
        call([sys.executable, "-m", "venv", "--without-pip", "--clear", str(VENV)])


def run_wheel(files: list[str]) -> list[str] | None:
    """Pip from the newest of these wheels, which Python runs without installing it."""
    newest = newest_wheel({Path(file).name: file for file in files})
    if not newest:
        return None
    bare_environment()
    wheel = next(file for file in files if Path(file).name == newest)
    pip = [str(PYTHON), f"{wheel}/pip"]
    return pip if works([*pip, "--version"]) else None


def newest_wheel(names: dict[str, str]) -> str:
    """The newest release of pip among file names; empty if there is none."""
    releases = [(tuple(int(part or 0) for part in found.groups()), name)
                for name in names if (found := _WHEEL.fullmatch(name))]  # fmt: skip
    return max(releases)[1] if releases else ""


def configured_indexes() -> list[str]:
    """The registries of pip's own settings, in the places where pip would look."""
    config = ConfigParser(strict=False, interpolation=None)
    home = Path.home()
    places = ["/etc/pip.conf", "/etc/xdg/pip/pip.conf", home / ".pip/pip.conf", home / ".config/pip/pip.conf"]
    config.read([*places, os.environ.get("PIP_CONFIG_FILE", "")])
    named = [os.environ.get("PIP_INDEX_URL", ""), os.environ.get("PIP_EXTRA_INDEX_URL", "")]
    named += [config.get("global", key, fallback="") for key in ("index-url", "extra-index-url")]
    return [index for text in named for index in text.split()]


def download(link: str) -> str:
    """Fetch a wheel and hold it against the hash its link carries."""
    address, fragment = urldefrag(link)
    with urlopen(address, timeout=120) as answer:
        content = answer.read()
    if hashlib.sha256(content).hexdigest() != fragment.removeprefix("sha256="):
        raise OSError(f"{Path(address).name}: hash differs")
    file = Path(tempfile.mkdtemp()) / Path(urlsplit(address).path).name
    file.write_bytes(content)
    return str(file)


def works(command: list[str]) -> bool:
    """Whether a command can be run and succeeds."""
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def call(command: list[str]) -> None:
    """Run a command; its failure ends the preparation."""
    subprocess.run(command, check=True, cwd=ROOT)


def say(zh: str, en: str, **values: object) -> int:
    """One line in both languages, on the error stream. Returns 1, for use as an exit status."""
    print(f"{zh}\n{en}".format(**values), file=sys.stderr, flush=True)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
