"""Records attached to a pack: the dated register, returns, external results; import and snapshots."""

from yuanzhi.engine.records.columns import Declarations
from yuanzhi.engine.records.events import Event, EventKind, Part, events_table, item_type
from yuanzhi.engine.records.freezing import Records, freeze, store_import, write_rows
from yuanzhi.engine.records.importing import ImportOptions, ImportResult, import_returns
from yuanzhi.engine.records.loading import Loading
from yuanzhi.engine.records.reading import (
    import_file,
    load_records,
    open_snapshot,
    open_workspace,
    read_file,
    read_manifest,
    read_register,
    verify_snapshot,
)
from yuanzhi.engine.records.register import Register
from yuanzhi.engine.records.register_checks import check_register
from yuanzhi.engine.records.register_files import RegisterReading, import_register
from yuanzhi.engine.records.returns import ReturnStatus, return_schema, returns_table
from yuanzhi.engine.records.sheets import read_sheets
from yuanzhi.engine.records.snapshots import Manifest, Snapshot
from yuanzhi.engine.records.states import States, SubjectState
from yuanzhi.engine.records.subject_index import SubjectIndex
from yuanzhi.engine.records.templates import export_template
from yuanzhi.engine.records.validating import Failure, validate_rows, with_checks
from yuanzhi.engine.records.workspace import Workspace

__all__ = [
    "Declarations", "Event", "EventKind", "Failure", "ImportOptions", "ImportResult", "Loading", "Manifest",
    "Part", "Records", "Register", "RegisterReading", "ReturnStatus", "Snapshot", "States", "SubjectIndex",
    "SubjectState", "Workspace", "check_register", "events_table", "export_template", "freeze", "import_file",
    "import_register", "import_returns", "item_type", "load_records", "open_snapshot", "open_workspace",
    "read_file", "read_manifest", "read_register", "read_sheets", "return_schema", "returns_table",
    "store_import", "validate_rows", "verify_snapshot", "with_checks", "write_rows",
]  # fmt: skip
