"""Wording of problems found where consequences are proposed."""

from yuanzhi.engine.kernel.messages import Message, message

MESSAGES: dict[str, Message] = {
    "consequence.machine_unknown": message(
        ("没有名为“{machine}”的后果状态机。", "后果须在政策包的 consequences 中声明。", "改为已声明的名称{nearest}。"),
        (
            "There is no consequence machine “{machine}”.",
            "Consequences are declared under consequences of the pack.",
            "Use a declared name {nearest}.",
        ),
    ),
    "consequence.not_in_force": message(
        (
            "后果“{machine}”在 {day} 不在有效期内。",
            "只在有效期内的规定才有后果。",
            "换一个日期，或改用当时有效的规定。",
        ),
        (
            "The consequences “{machine}” are not in force on {day}.",
            "Only provisions in force have consequences.",
            "Take another day, or the provisions in force then.",
        ),
    ),
    "consequence.two_results": message(
        (
            "{subject} 在 {period} 由 {subjects} 带来不同的结果，该期按没有结果处理。",
            "合并前的几个对象同期结果不一的，不能替人选取。",
            "由人认定该期结果后补录。",
        ),
        (
            "{subject} has different results of {subjects} in {period}; the period counts as without a result.",
            "Where merged subjects had different results in one period nobody can choose for a person.",
            "Decide on the result of the period and record it.",
        ),
    ),
}
