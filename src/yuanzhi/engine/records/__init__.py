"""Records attached to a pack: the dated register, returns, external results; import and snapshots."""

from yuanzhi.engine.records.events import Event, EventKind, Part, events_table, item_type
from yuanzhi.engine.records.freezing import Records, freeze, write_rows
from yuanzhi.engine.records.reading import open_snapshot, open_workspace, read_manifest, verify_snapshot
from yuanzhi.engine.records.register import Register
from yuanzhi.engine.records.returns import ReturnStatus, return_schema, returns_table
from yuanzhi.engine.records.snapshots import Manifest, Snapshot
from yuanzhi.engine.records.states import States, SubjectState
from yuanzhi.engine.records.workspace import Workspace

__all__ = [
    "Event", "EventKind", "Manifest", "Part", "Records", "Register", "ReturnStatus", "Snapshot", "States",
    "SubjectState", "Workspace", "events_table", "freeze", "item_type", "open_snapshot", "open_workspace",
    "read_manifest", "return_schema", "returns_table", "verify_snapshot", "write_rows",
]  # fmt: skip
