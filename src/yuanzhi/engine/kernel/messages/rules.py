"""Wording of problems found when rules are determined and amounts allocated."""

from yuanzhi.engine.kernel.messages import Message, message

MESSAGES: dict[str, Message] = {
    "rules.gives_differ": message(
        (
            "规则“{rule}”的各分支给出的“{name}”种类或单位不同：{kinds}。",
            "同名的值在各分支须同类、同单位。",
            "统一单位，或改用不同的名称。",
        ),
        (
            "The branches of “{rule}” give “{name}” in different kinds or units: {kinds}.",
            "A value of one name is of one kind and unit in every branch.",
            "Use one unit, or different names.",
        ),
    ),
    "allocations.no_amount": message(
        (
            "分配“{allocation}”没有可分配的数量：缺 {names}。",
            "分配须有总量，由公式得出或在调用时给出。",
            "补上参数的值，或直接给出总量。",
        ),
        (
            "The allocation “{allocation}” has no amount to give: {names} missing.",
            "An allocation has an amount, from its formula or given by the caller.",
            "Give the parameter a value, or pass the amount.",
        ),
    ),
    "allocations.same_request": message(
        ("分配“{allocation}”中有两份申请同为“{id}”。", "每份申请有自己的编号。", "改正编号。"),
        (
            "Two requests of the allocation “{allocation}” are both “{id}”.",
            "Every request has an id of its own.",
            "Correct the ids.",
        ),
    ),
}
