"""Two parks merge; what was known when, and what history keeps.

Prints:
    1 June: East 120 ha, West 80 ha
    1 August, as known on 5 July: East 120 ha, West 80 ha
    1 August, as known on 1 September: East 200 ha
    1 June, asked again after the merger: East 120 ha, West 80 ha
    the factory in West belongs on 1 August to east
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from yuanzhi.engine.records import Event, EventKind, Part, Register, States

OPENED, MERGED, REPORTED = date(2019, 1, 1), date(2019, 7, 1), date(2019, 8, 20)


def park(code: str, name: str, area: str) -> Event:
    """A park founded and recorded on the first day."""
    values = {"name": name, "area_ha": Decimal(area), "territory": "630100"}
    return Event(
        event=EventKind.FOUNDED, subject_type="park", subject=code, valid=OPENED, recorded=OPENED, values=values
    )


def main() -> None:
    """Ask for the state on a day as known on a day."""
    factory = Event(
        event=EventKind.FOUNDED, subject_type="enterprise", subject="factory", valid=OPENED, recorded=OPENED,
        values={"name": "Factory", "park": "west"},
    )  # fmt: skip
    merger = Event(event=EventKind.MERGED, subject="west", valid=MERGED, recorded=REPORTED, into=(Part("east"),))
    register = Register.of([park("east", "East", "120"), park("west", "West", "80"), factory, merger])
    june, august = date(2019, 6, 1), date(2019, 8, 1)
    print(f"1 June: {shown(register.at(june, june))}")
    print(f"1 August, as known on 5 July: {shown(register.at(august, date(2019, 7, 5)))}")
    print(f"1 August, as known on 1 September: {shown(register.at(august, date(2019, 9, 1)))}")
    print(f"1 June, asked again after the merger: {shown(register.at(june))}")
    print(f"the factory in West belongs on 1 August to {register.at(august)['factory']['park']}")


def shown(states: States) -> str:
    """The parks and their areas."""
    return ", ".join(f"{state.name} {state.area_ha:.0f} ha" for state in states.of_type("park"))


if __name__ == "__main__":
    main()
