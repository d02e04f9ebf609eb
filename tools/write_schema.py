"""Write the JSON Schema of policy packs to docs/reference; with --check only say whether it is current."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from yuanzhi.engine.pack.schema import pack_schema

TARGET = Path(__file__).resolve().parent.parent / "docs" / "reference" / "pack-schema.json"


def schema_text() -> str:
    return json.dumps(pack_schema(), ensure_ascii=False, indent=2) + "\n"


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail if the file is not current")
    asked = parser.parse_args(arguments)
    text = schema_text()
    if asked.check:
        current = TARGET.is_file() and TARGET.read_text(encoding="utf-8") == text
        if not current:
            print(f"{TARGET.name} is not current; run tools/write_schema.py", file=sys.stderr)
        return 0 if current else 1
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
