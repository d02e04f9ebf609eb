"""Import a return as people send it: GBK, full-width digits, another unit, a broken number.

Prints:
    taken: east 2019 taxes 1200.00
    held back: west, import.private_use
    found in park.csv!C1: import.unit_converted
    found in park.csv!C2: import.full_width
    found in park.csv!C3: import.private_use
"""

from __future__ import annotations

from datetime import datetime
from fractions import Fraction

from yuanzhi.engine.kernel.labels import Label
from yuanzhi.engine.kernel.periods import Frequency
from yuanzhi.engine.kernel.quantities import Unit, UnitSystem
from yuanzhi.engine.pack.model import Form, Item
from yuanzhi.engine.records.columns import Declarations
from yuanzhi.engine.records.importing import ImportOptions, import_returns
from yuanzhi.engine.records.sheets import read_sheets

TAXES = Item(code="taxes", label=Label("税收", "Taxes"), unit="万元")
FORM = Form(code="short", subject="park", frequency=Frequency.YEAR, items={"taxes": TAXES})
UNITS = UnitSystem.of([Unit("万元", (("money", 1),), Fraction(10_000)), Unit("亿元", (("money", 1),), Fraction(10**8))])
FILE = "园区代码,报告期,税收（亿元）\neast,2019,０.１２\nwest,2019,1\ue0102\n".encode("gb18030")


def main() -> None:
    """Read three lines and say what became of each."""
    sheets = read_sheets(FILE, "park.csv").sheets
    declared = Declarations(forms={"short": FORM}, unit_system=UNITS)
    result = import_returns(sheets, FORM, declared, ImportOptions(recorded=datetime(2020, 2, 10)))
    for row in result.rows.to_pylist():
        print(f"taken: {row['subject']} {row['period']} taxes {row['taxes']}")
    for row in result.held.to_pylist():
        print(f"held back: {row['subject']}, {', '.join(row['reasons'])}")
    for problem in sorted(result.findings, key=lambda found: found.place.cell):
        print(f"found in {problem.place}: {problem.code}")


if __name__ == "__main__":
    main()
