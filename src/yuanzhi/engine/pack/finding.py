"""Where packs are: those shipped with the product, and those of a workspace."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from yuanzhi.engine.kernel.problems import Place, Problem, nearest
from yuanzhi.engine.pack.reading import PackReading, read_pack
from yuanzhi.engine.pack.whole import Pack


@dataclass(frozen=True)
class Chain:
    """A pack with everything it extends, base packs first, and every problem of reading them."""

    packs: tuple[Pack, ...]
    problems: tuple[Problem, ...]


def shipped_folder() -> Path:
    """The folder of the packs shipped with the product."""
    return Path(str(files("yuanzhi.packs")))


def find_packs(folders: Iterable[Path] = ()) -> dict[str, Path]:
    """The folders of all packs by name; packs of ``folders`` go before shipped ones of the same name.

    The name of a pack's folder is its code.
    """
    found: dict[str, Path] = {}
    for place in (*folders, shipped_folder()):
        if place.is_dir():
            for folder in sorted(place.iterdir()):
                if folder.is_dir() and any(folder.glob("**/*.yaml")):
                    found.setdefault(folder.name, folder)
    return found


def load_chain(codes: str | Sequence[str], folders: Iterable[Path] = ()) -> Chain:
    """Read packs and all they extend, each once, base packs first.

    Args:
        codes: One pack or several, by code or by the path of a folder.
        folders: Folders that hold packs, searched before the shipped ones.
    """
    return _Loader(find_packs(folders)).load((codes,) if isinstance(codes, str) else tuple(codes))


class _Loader:
    def __init__(self, known: dict[str, Path]) -> None:
        self.known = known
        self.packs: dict[str, Pack] = {}
        self.problems: list[Problem] = []
        self.open: list[str] = []

    def load(self, codes: Sequence[str]) -> Chain:
        for code in codes:
            self._visit(self._folder_as_code(code), Place(code))
        return Chain(tuple(self.packs.values()), tuple(self.problems))

    def _folder_as_code(self, code: str) -> str:
        folder = Path(code)
        if code not in self.known and folder.is_dir():
            name = folder.resolve().name
            self.known[name] = folder.resolve()
            for neighbour in sorted(folder.resolve().parent.iterdir()):
                if neighbour.is_dir() and (neighbour / "pack.yaml").is_file():
                    self.known.setdefault(neighbour.name, neighbour)
            return name
        return code

    def _visit(self, code: str, asked_at: Place) -> None:
        if code in self.packs:
            return
        if code in self.open:
            self.problems.append(Problem("pack.extends_itself", asked_at, {"chain": " → ".join([*self.open, code])}))
            return
        if code not in self.known:
            values = {"pack": code, "nearest": nearest(code, self.known) or "—"}
            self.problems.append(Problem("pack.not_found", asked_at, values))
            return
        reading: PackReading = read_pack(self.known[code])
        self.problems += reading.problems
        if reading.pack is None:
            return
        if reading.pack.code != code:
            values = {"folder": code, "code": reading.pack.code}
            self.problems.append(Problem("pack.folder_name", reading.pack.identity.place, values))
        self.open.append(code)
        for base in reading.pack.identity.extends:
            self._visit(base, reading.pack.identity.place)
        self.open.pop()
        self.packs.setdefault(code, reading.pack)
