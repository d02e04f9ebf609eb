"""A workspace: the folder that holds packs in force, records, snapshots and runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from yuanzhi.engine.kernel.labels import NO_LABEL, Label

FILE = "workspace.yaml"


@dataclass(frozen=True)
class Workspace:
    """Where things are in a workspace, and which packs are in force.

    Attributes:
        folder: The workspace's folder.
        packs: Codes of the packs in force, base first. A code is looked for in ``own_packs``, then among those shipped.
        title: What it is called.
        region: The region whose affairs it holds, as a code.
        settings: Whatever else ``workspace.yaml`` says, for those who read it.
    """

    folder: Path
    packs: tuple[str, ...] = ()
    title: Label = NO_LABEL
    region: str = ""
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def own_packs(self) -> Path:
        """Packs kept in the workspace itself."""
        return self.folder / "packs"

    @property
    def register(self) -> Path:
        """Files of register events."""
        return self.folder / "records" / "register"

    def returns(self, form: str) -> Path:
        """Files of one form's returns."""
        return self.folder / "records" / "returns" / form

    def external(self, form: str) -> Path:
        """Files of results made elsewhere."""
        return self.folder / "records" / "external" / form

    def snapshot(self, name: str) -> Path:
        """One snapshot's folder."""
        return self.folder / "snapshots" / name

    def run(self, name: str) -> Path:
        """One run's folder."""
        return self.folder / "runs" / name
