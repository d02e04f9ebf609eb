"""Freezing and snapshots: which rows count, the same bytes always, and every change found by name."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from record_builders import day, enterprise, event, monthly_form, park

from yuanzhi.engine.kernel.problems import ProblemsError
from yuanzhi.engine.pack.model import Form, Item
from yuanzhi.engine.records import (
    Records,
    Register,
    Snapshot,
    freeze,
    open_snapshot,
    return_schema,
    returns_table,
    verify_snapshot,
    write_rows,
)

FORM = monthly_form()
REGISTER = Register.of(
    [park("a", territory="630102"), enterprise("e", "a"), event("renamed a 2020-06-01 2020-07-01", name="新")]
)
KNOWN = date(2020, 6, 30)


def row(revenue: Any, recorded: str, subject: str = "e", status: str = "accepted", **more: Any) -> dict[str, Any]:
    value = None if revenue is None else Decimal(revenue)
    moment = datetime.fromisoformat(recorded)
    return {"subject": subject, "period": "2020-01", "revenue": value, "recorded": moment, "status": status, **more}


def frozen(folder: Path, rows: list[dict[str, Any]], **options: Any) -> Snapshot:
    records = Records(register=REGISTER, forms={"monthly": FORM}, returns={"monthly": [returns_table(FORM, rows)]})
    return freeze(folder / "s", records, options.pop("as_known", KNOWN), **options)


def revenues(snapshot: Snapshot) -> list[Any]:
    return [item["revenue"] for item in snapshot.table("returns_monthly").to_pylist()]


@pytest.mark.parametrize(
    ("rows", "expected", "counts"),
    [
        pytest.param([row(1, "2020-02-05")], [1], {"frozen": 1}, id="one row"),
        pytest.param([row(1, "2020-02-05"), row(2, "2020-03-05")], [2], {"superseded": 1}, id="a correction counts"),
        pytest.param(
            [row(2, "2020-03-05"), row(1, "2020-02-05")], [2], {"superseded": 1}, id="whatever the order of rows"
        ),
        pytest.param([row(1, "2020-02-05"), row(2, "2020-07-01")], [1], {"later": 1}, id="unless recorded too late"),
        pytest.param(
            [row(1, "2020-02-05"), row(2, "2020-06-30T23:59:59")], [2], {"superseded": 1}, id="the last day counts"
        ),
        pytest.param([row(1, "2020-02-05", status="rejected")], [], {"rejected": 1, "frozen": 0}, id="rejected"),
        pytest.param([row(1, "2020-02-05", status="submitted")], [], {"submitted": 1}, id="not yet accepted"),
        pytest.param(
            [row(1, "2020-02-05"), row(9, "2020-03-05", status="estimated")], [1], {"estimated": 1}, id="estimate"
        ),
        pytest.param(
            [row(1, "2020-02-05"), row(2, "2020-02-05")], [2], {"tied": 1, "superseded": 1}, id="of a tie the last"
        ),
        pytest.param([row(None, "2020-02-05")], [None], {"frozen": 1}, id="missing stays missing"),
        pytest.param(
            [row(None, "2020-03-05"), row(1, "2020-02-05")], [None], {"superseded": 1}, id="a correction to missing"
        ),
        pytest.param([row(1, "2020-02-05", synthetic=True)], [1], {"synthetic": 1}, id="synthetic is counted"),
    ],
)
def test_which_row_counts(
    tmp_path: Path, rows: list[dict[str, Any]], expected: list[Any], counts: dict[str, int]
) -> None:
    snapshot = frozen(tmp_path, rows)
    assert revenues(snapshot) == expected
    found = snapshot.manifest.counts["monthly"]
    assert {name: getattr(found, name) for name in counts} == counts


def test_the_register_is_frozen_as_known(tmp_path: Path) -> None:
    early = frozen(tmp_path, [])
    assert [row["name"] for row in early.table("subjects").to_pylist() if row["subject"] == "a"] == ["A"]
    assert early.manifest.counts["register"].later == 1
    late = frozen(tmp_path, [], as_known=date(2021, 1, 1))
    assert [row["name"] for row in late.table("subjects").to_pylist() if row["subject"] == "a"] == ["A", "新"]


def test_rows_stand_in_the_order_of_period_and_subject(tmp_path: Path) -> None:
    rows = [
        row(n, "2020-02-05", subject, period=period)
        for n, (subject, period) in enumerate([("f", "2020-02"), ("e", "2020-02"), ("f", "2020-01")])
    ]
    table = frozen(tmp_path, rows).table("returns_monthly")
    assert list(zip(table["period"].to_pylist(), table["subject"].to_pylist(), strict=True)) == [
        ("2020-01", "f"), ("2020-02", "e"), ("2020-02", "f")
    ]  # fmt: skip


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """300,000 rows in two files, the second of them corrections and later months."""
    folder = tmp_path_factory.mktemp("many")
    columns = (
        "'e' || lpad((i % 50000)::varchar, 6, '0') as subject, "
        "'2020-0' || (1 + i // 50000)::varchar as period, date '2020-01-01' as period_start, "
        "date '2020-01-31' as period_end, 'accepted' as status, '' as source, synthetic, recorded, "
        "(hash(i) % 1000000)::decimal(18, 2) as revenue, (hash(i + 1) % 1000)::decimal(18, 4) as land"
    )
    with duckdb.connect() as connection:
        for name, span, recorded in (("one", "0, 200000", "2020-02-01"), ("two", "150000, 250000", "2020-03-01")):
            connection.execute(
                f"copy (select {columns} from (select i, false as synthetic, timestamp '{recorded}' as recorded "
                f"from range({span}) t(i))) to '{folder / name}.parquet' (format parquet)"
            )
    return [folder / "one.parquet", folder / "two.parquet"]


@pytest.mark.parametrize("in_order", [True, False], ids=["streamed", "sorted"])
def test_the_same_records_give_the_same_bytes_with_any_threads(
    tmp_path: Path, many: list[Path], in_order: bool
) -> None:
    sources = many[:1] if in_order else many[::-1]
    records = Records(register=REGISTER, forms={"monthly": FORM}, returns={"monthly": sources})
    digests = set()
    for threads in (1, 2, 3):
        snapshot = freeze(tmp_path / f"s{threads}", records, KNOWN, threads=threads, made=f"at {threads}")
        digests.add(snapshot.digest)
    assert len(digests) == 1
    assert snapshot.manifest.counts["monthly"].frozen == (200_000 if in_order else 250_000)
    assert snapshot.manifest.counts["monthly"].superseded == (0 if in_order else 50_000)
    assert verify_snapshot(tmp_path / "s1") == ()


def test_a_snapshot_survives_being_read_back(tmp_path: Path) -> None:
    written = frozen(tmp_path, [row(1, "2020-02-05")], made="2020-07-01", product="1")
    read = open_snapshot(tmp_path / "s")
    assert read.manifest == written.manifest
    assert read.forms == ("monthly",)
    with read.connect(threads=1) as connection:
        assert connection.execute("select revenue from returns_monthly").fetchall() == [(Decimal("1.00"),)]
        assert connection.execute("select count(*) from register").fetchall() == [(2,)]
        with pytest.raises(duckdb.PermissionException):
            connection.execute("from read_text('/etc/hostname')")


def test_name_and_time_are_no_part_of_the_identity(tmp_path: Path) -> None:
    one = frozen(tmp_path, [row(1, "2020-02-05")], made="now")
    two = freeze(
        tmp_path / "other",
        Records(
            register=REGISTER,
            forms={"monthly": FORM},
            returns={"monthly": [returns_table(FORM, [row(1, "2020-02-05")])]},
        ),
        KNOWN,
    )
    assert one.digest == two.digest
    assert one.digest != frozen(tmp_path, [row(2, "2020-02-05")]).digest


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def drop_row(path: Path) -> None:
    pq.write_table(pq.read_table(path).slice(1), path)


def widen(path: Path) -> None:
    table = pq.read_table(path)
    pq.write_table(table.append_column("more", pa.nulls(table.num_rows, pa.int64())), path)


def edit_manifest(path: Path) -> None:
    body = json.loads(path.read_text(encoding="utf-8"))
    body["as_known"] = "2019-01-01"
    path.write_text(json.dumps(body), encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "change", "found"),
    [
        ("subjects.parquet", flip, ["snapshot.file_changed"]),
        ("returns/monthly.parquet", Path.unlink, ["snapshot.file_missing"]),
        ("returns/monthly.parquet", drop_row, ["snapshot.file_changed", "snapshot.rows_differ"]),
        ("register.parquet", widen, ["snapshot.file_changed", "snapshot.columns_differ"]),
        ("manifest.json", edit_manifest, ["snapshot.manifest_changed"]),
        ("manifest.json", Path.unlink, ["snapshot.unreadable"]),
        ("extra.parquet", Path.touch, ["snapshot.file_added"]),
    ],
)
def test_every_change_of_a_snapshot_is_found_by_name(tmp_path: Path, name: str, change: Any, found: list[str]) -> None:
    frozen(tmp_path, [row(1, "2020-02-05"), row(2, "2020-02-05", "f")])
    assert verify_snapshot(tmp_path / "s") == ()
    change(tmp_path / "s" / name)
    problems = verify_snapshot(tmp_path / "s")
    assert [problem.code for problem in problems] == found
    assert all(name in problem.text("zh") and name in problem.text("en") for problem in problems)


def test_a_missing_file_stops_the_opening(tmp_path: Path) -> None:
    frozen(tmp_path, [])
    (tmp_path / "s" / "lineage.parquet").unlink()
    with pytest.raises(ProblemsError, match=r"lineage\.parquet"):
        open_snapshot(tmp_path / "s")


@pytest.mark.parametrize(
    ("change", "fragment"),
    [
        (lambda table: table.drop_columns("recorded"), "recorded"),
        (lambda table: table.set_column(8, "revenue", table["revenue"].cast(pa.decimal128(30, 5))), "revenue"),
        (lambda table: table.set_column(8, "revenue", table["revenue"].cast(pa.float64())), "double"),
        (lambda table: table.append_column("revenu", table["revenue"]), "revenue"),
    ],
    ids=["key absent", "more places", "binary fractions", "no item"],
)
def test_columns_that_would_lose_something_are_refused(tmp_path: Path, change: Any, fragment: str) -> None:
    table = change(returns_table(FORM, [row(1, "2020-02-05")]))
    records = Records(register=REGISTER, forms={"monthly": FORM}, returns={"monthly": [table]})
    with pytest.raises(ProblemsError, match=fragment):
        freeze(tmp_path / "s", records, KNOWN)
    assert not list(tmp_path.iterdir())


def test_a_column_a_file_lacks_is_missing_in_its_rows(tmp_path: Path) -> None:
    path = tmp_path / "r.parquet"
    write_rows(path, returns_table(FORM, [row(1, "2020-02-05")]).drop_columns(["land", "remark"]))
    records = Records(register=REGISTER, forms={"monthly": FORM}, returns={"monthly": [path]})
    snapshot = freeze(tmp_path / "s", records, KNOWN)
    found = snapshot.table("returns_monthly").schema
    assert list(zip(found.names, found.types, strict=True)) == [(own.name, own.type) for own in return_schema(FORM)]
    assert snapshot.table("returns_monthly")["land"].null_count == 1


def test_further_attributes_of_the_register_are_columns_of_the_subjects(tmp_path: Path) -> None:
    item = Item(code="built_share", scale=3)
    form = Form(
        code="park_register", subject="park", frequency=FORM.frequency, items={"built_share": item}, source="register"
    )
    register = Register.of([park("a", built_share=Decimal("0.315"))], [item])
    snapshot = freeze(tmp_path / "s", Records(register=register, forms={"park_register": form}), KNOWN)
    assert snapshot.table("subjects")["built_share"].to_pylist() == [Decimal("0.315")]
    assert snapshot.forms == ()


def test_a_snapshot_in_memory_has_the_same_views() -> None:
    snapshot = Snapshot.of_rows({"monthly": FORM}, {"monthly": [row(1, "2020-02-05")]}, REGISTER)
    with snapshot.connect() as connection:
        names = {
            name for (name,) in connection.execute("select view_name from duckdb_views() where not internal").fetchall()
        }
        assert {"register", "subjects", "lineage", "returns_monthly"} <= names
        assert connection.execute("select park from subjects where subject = 'e'").fetchall() == [("a",)]


def test_a_snapshot_in_memory_takes_subjects_as_given() -> None:
    given_ = pa.table({"subject_type": ["park"], "subject": ["a"], "valid_from": [day("2010-01-01")], "rank": ["x"]})
    snapshot = Snapshot.of_tables(subjects=given_)
    assert snapshot.table("subjects")["rank"].to_pylist() == ["x"]
    assert snapshot.table("subjects")["tier"].to_pylist() == [None]


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from("efg"), st.integers(1, 3), st.integers(1, 28), st.integers(0, 99),
            st.sampled_from(["accepted", "rejected", "submitted"]),
        ),
        max_size=30,
    )
)  # fmt: skip
def test_freezing_keeps_the_latest_accepted_row_of_each(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, int, int, int, str]]
) -> None:
    given_ = [
        row(value, f"2020-06-{on:02d}", subject, status, period=f"2020-{month:02d}")
        for subject, month, on, value, status in rows
    ]
    expected: dict[tuple[str, str], tuple[datetime, Decimal]] = {}
    for own in given_:
        key = own["period"], own["subject"]
        if own["status"] == "accepted" and (key not in expected or own["recorded"] >= expected[key][0]):
            expected[key] = own["recorded"], own["revenue"]
    table = frozen(tmp_path_factory.mktemp("f"), given_).table("returns_monthly")
    found = {(r["period"], r["subject"]): r["revenue"] for r in table.to_pylist()}
    assert found == {key: value for key, (_, value) in expected.items()}
    assert list(found) == sorted(found)
