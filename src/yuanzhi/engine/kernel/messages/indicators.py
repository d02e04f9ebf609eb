"""Wording of problems found when indicators and targets are computed."""

from yuanzhi.engine.kernel.messages import Message, message

MESSAGES: dict[str, Message] = {
    "indicators.unknown": message(
        ("没有名为“{indicator}”的指标。", "只能计算政策包声明的指标。", "改为已声明的指标，或先声明它。"),
        (
            "There is no indicator “{indicator}”.",
            "Only declared indicators are computed.",
            "Use a declared one, or declare it first.",
        ),
    ),
    "indicators.cycle": message(
        ("指标互相引用成环：{way}。", "指标须能排出计算顺序。", "去掉其中一个引用。"),
        (
            "Indicators rest on each other in a circle: {way}.",
            "There must be an order in which to compute them.",
            "Remove one of the references.",
        ),
    ),
    "indicators.no_definition": message(
        (
            "指标“{indicator}”没有可用的公式或汇总方式。",
            "没有定义的指标不计算。",
            "补上 formula 或 aggregate，或注明尚缺。",
        ),
        (
            "The indicator “{indicator}” has no usable formula or aggregate.",
            "An indicator without a definition is not computed.",
            "Give it a formula or an aggregate, or say that it is still missing.",
        ),
    ),
    "indicators.lower_unknown": message(
        (
            "看不出指标“{indicator}”汇总的是哪类对象。",
            "aggregate 须由 of、base_set 或 by 指明下级对象。",
            "写明 of，或给出 base_set。",
        ),
        (
            "It cannot be told what kind of subject “{indicator}” rolls up.",
            "An aggregate names its lower subject through of, base_set or by.",
            "Write of, or give a base_set.",
        ),
    ),
    "indicators.scope_unknown": message(
        (
            "指标“{indicator}”的范围“{scope}”不是已声明的集合。",
            "范围须是 sets 中的代码。",
            "声明该集合，或改用已有的。",
        ),
        (
            "The scope “{scope}” of “{indicator}” is no declared set.",
            "A scope is a code under sets.",
            "Declare the set, or use one there is.",
        ),
    ),
    "indicators.scope_unfit": message(
        (
            "集合“{scope}”的对象是 {subject}，不能限定指标“{indicator}”。",
            "范围须是指标的对象、被汇总的对象或园区的集合。",
            "换一个集合，或改汇总方式。",
        ),
        (
            "The set “{scope}” is of {subject} and cannot restrict “{indicator}”.",
            "A scope is a set of the indicator's subjects, of those rolled up, or of parks.",
            "Use another set, or roll up otherwise.",
        ),
    ),
    "targets.cascade_mismatch": message(
        (
            "目标“{target}”为 {goal} {unit}，分解合计为 {total} {unit}，相差 {difference}。",
            "分解目标之和应等于总目标。",
            "核对总数与各分项：{parts}。",
        ),
        (
            "The target “{target}” is {goal} {unit}; its parts come to {total} {unit}, a difference of {difference}.",
            "The parts of a cascade add up to the whole.",
            "Check the whole against the parts: {parts}.",
        ),
    ),
    "targets.child_differs": message(
        (
            "目标“{target}”把“{child}”写作 {declared}，而该目标自身为 {own}。",
            "同一分项在两处须一致。",
            "改正其中一处。",
        ),
        (
            "The target “{target}” gives “{child}” as {declared}, while that target itself says {own}.",
            "A part has the same value in both places.",
            "Correct one of them.",
        ),
    ),
    "targets.values_mismatch": message(
        (
            "{period} 目标“{target}”的总量为 {value}，各部分合计为 {total}，相差 {difference}。",
            "部分之和应等于总量。",
            "核对各部分的报送。",
        ),
        (
            "In {period} the whole of “{target}” is {value}; its parts come to {total}, a difference of {difference}.",
            "The parts add up to the whole.",
            "Check what the parts reported.",
        ),
    ),
    "targets.implied_short": message(
        (
            "其他目标恰好实现时，“{target}”只能达到 {implied} {unit}，目标为{word} {goal} {unit}，差 {difference}。",
            "同一文件的目标应能同时实现。",
            "说明其余部分从何而来，或调整目标。",
        ),
        (
            "With the other targets met exactly, “{target}” would come to {implied} {unit}; the goal is {word} {goal} "
            "{unit}, short by {difference}.",
            "The targets of one document can be met together.",
            "Say where the rest comes from, or adjust a target.",
        ),
    ),
    "targets.implied_unknown": message(
        (
            "目标“{target}”的推算无法得出：缺 {names}。",
            "implied_by 须引用已定值的目标和参数。",
            "补上所缺的数值，或删去 implied_by。",
        ),
        (
            "What is implied for “{target}” cannot be told: {names} missing.",
            "implied_by uses targets and parameters that have values.",
            "Supply the values, or drop implied_by.",
        ),
    ),
    "targets.steps_back": message(
        (
            "“{target}”（{year}年，{goal}）低于同一指标较早的目标“{earlier}”（{earlier_year}年，{earlier_goal}）。",
            "同一指标的后期目标不应比前期宽松。",
            "核对两个目标的年份和数值。",
        ),
        (
            "“{target}” ({year}, {goal}) asks for less than the earlier target “{earlier}” of the same indicator "
            "({earlier_year}, {earlier_goal}).",
            "A later target of one indicator is not laxer than an earlier one.",
            "Check the years and values of both.",
        ),
    ),
    "targets.structure_sum": message(
        (
            "目标“{target}”的结构各部分合计 {total} %。",
            "一个整体的各部分占比合计为 100 %。",
            "核对各部分的占比：{parts}。",
        ),
        (
            "The parts of the structure “{target}” come to {total} %.",
            "The shares of one whole add up to 100 %.",
            "Check the shares: {parts}.",
        ),
    ),
}
