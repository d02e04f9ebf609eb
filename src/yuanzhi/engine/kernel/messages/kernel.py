"""Wording of problems found by the kernel."""

from yuanzhi.engine.kernel.messages import Message, message

MESSAGES: dict[str, Message] = {
    "unit.unknown": message(
        (
            "不认识计量单位“{unit}”。",
            "单位须在本包或其上级包的 units 中声明。",
            "改为已声明的单位{nearest}，或先声明它。",
        ),
        (
            "Unknown unit “{unit}”.",
            "A unit must be declared under units of this pack or of one it extends.",
            "Use a declared unit {nearest}, or declare it first.",
        ),
    ),
}
