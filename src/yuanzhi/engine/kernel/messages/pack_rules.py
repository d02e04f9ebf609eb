"""Wording of problems found by the checks of packs: rules, tables, examples, schemes, machines."""

from yuanzhi.engine.kernel.messages import Message, message

MESSAGES: dict[str, Message] = {
    "rule.no_condition": message(
        (
            "规则 {rule} 既没有条件也没有决策表。",
            "规则须有 when 或 table，否则对谁都成立。",
            "写出条件；只供人阅读的写在条款里。",
        ),
        (
            "The rule {rule} has neither a condition nor a table.",
            "A rule has when or table, or it holds for everyone.",
            "Write the condition; what is for people stands in the clause.",
        ),
    ),
    "rule.exceptions_unordered": message(
        (
            "规则 {rule} 的两个例外可能同时成立而没有先后：“{first}”与“{second}”。",
            "可能同时成立的例外须写 order，数大的优先。",
            "给其中一个写 order，或使条件互斥。",
        ),
        (
            "Two exceptions of the rule {rule} can both apply without an order: “{first}” and “{second}”.",
            "Exceptions that can both apply have an order; the higher wins.",
            "Give one of them an order, or make the conditions exclude each other.",
        ),
    ),
    "rule.discriminates": message(
        (
            "{rule} 的条件涉及所有制：{name}。",
            "政策措施不得因所有制不同而区别对待（公平竞争审查）。",
            "改用与所有制无关的条件，或写明法律依据。",
        ),
        (
            "{rule} has a condition over ownership: {name}.",
            "A measure may not treat enterprises differently by ownership (fair-competition review).",
            "Use a condition that is not about ownership, or cite the law that allows it.",
        ),
    ),
    "rule.contradiction": message(
        (
            "对{subject}的同一事项 {effect} 有相反的规定：{first} 与 {second}（{rules}）。",
            "同时有效的规则不得既要求又禁止。",
            "核对两处原文，缩小范围或写成例外。",
        ),
        (
            "For {subject} the same thing, {effect}, is both ordered and forbidden: {first} and {second} ({rules}).",
            "Rules in force together do not order and forbid the same.",
            "Check both texts, narrow a scope, or make one an exception.",
        ),
    ),
    "rule.no_example": message(
        (
            "规则 {rule} 缺少结果为 {missing} 的算例。",
            "每条规则至少有一个满足和一个不满足的算例。",
            "在 examples 中补上。",
        ),
        (
            "The rule {rule} has no example with the outcome {missing}.",
            "Every rule has an example that meets it and one that does not.",
            "Add one under examples.",
        ),
    ),
    "example.of_nothing": message(
        ("算例 {example} 所测的“{of}”不存在。", "of 写作 章节/代码，如 rules/x。", "最接近的是 {nearest}。"),
        (
            "The example {example} tests “{of}”, which does not exist.",
            "of is written section/code, such as rules/x.",
            "The nearest is {nearest}.",
        ),
    ),
    "example.expects_nothing": message(
        ("算例 {example} 没有写期望的结果。", "算例须有 expect。", "补上 expect。"),
        ("The example {example} expects nothing.", "An example has expect.", "Add expect."),
    ),
    "table.no_rows": message(
        ("规则 {rule} 的决策表没有行。", "决策表至少有一行。", "补上各行。"),
        ("The decision table of the rule {rule} has no rows.", "A table has at least one row.", "Add the rows."),
    ),
    "table.no_column": message(
        ("规则 {rule} 的决策表没有列“{column}”。", "已声明的列：{known}。", "改列名，或在 inputs、outputs 中声明。"),
        (
            "The decision table of the rule {rule} has no column “{column}”.",
            "The declared columns are: {known}.",
            "Correct the name, or declare it under inputs or outputs.",
        ),
    ),
    "table.empty_result": message(
        ("规则 {rule} 的决策表第 {row} 行没有填 {columns}。", "每行须填满结果列。", "补上，或删去该列。"),
        (
            "Row {row} of the decision table of {rule} leaves {columns} empty.",
            "Every row fills every result column.",
            "Fill them, or remove the column.",
        ),
    ),
    "table.row_empty": message(
        ("规则 {rule} 的决策表第 {row} 行不可能命中。", "每行的条件须有取值能满足。", "检查区间上下限和代码。"),
        (
            "Row {row} of the decision table of {rule} can never hit.",
            "Every row has values that meet it.",
            "Check the ends of intervals and the codes.",
        ),
    ),
    "table.overlap": message(
        (
            "规则 {rule} 的决策表第 {first} 行和第 {second} 行重叠：{case}。",
            "命中方式为 unique 的表，一种情形只有一行。",
            "改正界限（如 [ 与 ( 之别），或改 hit。",
        ),
        (
            "Rows {first} and {second} of the decision table of {rule} overlap: {case}.",
            "In a table with hit unique a case has one row.",
            "Correct the bounds (such as [ for ( ), or change hit.",
        ),
    ),
    "table.gap": message(
        (
            "规则 {rule} 的决策表没有覆盖：{cases}。",
            "决策表须覆盖所有情形，除非写明 complete: false。",
            "补一行，或写 complete: false。",
        ),
        (
            "The decision table of the rule {rule} leaves out: {cases}.",
            "A table covers every case unless it says complete: false.",
            "Add a row, or write complete: false.",
        ),
    ),
    "table.never_reached": message(
        (
            "规则 {rule} 的决策表第 {row} 行被前面的行完全遮住。",
            "命中方式为 first 时，在前的行优先。",
            "调换次序，或删去。",
        ),
        (
            "Row {row} of the decision table of {rule} is hidden by the rows before it.",
            "With hit first an earlier row wins.",
            "Change the order, or remove it.",
        ),
    ),
    "table.unclear": message(
        (
            "规则 {rule} 的决策表第 {rows} 行无法逐列分析。",
            "只有与常数或有值参数比较的单元格能检查重叠和缺口。",
            "把比较写成与参数或数值比较，或人工核对。",
        ),
        (
            "Rows {rows} of the decision table of {rule} cannot be analysed column by column.",
            "Overlap and gaps are checked for cells that compare with numbers or parameters that have a value.",
            "Compare with a parameter or number, or check by hand.",
        ),
    ),
    "scheme.weights": message(
        (
            "办法 {scheme} 节点 {node} 下的权重合计 {total}，应为 {expected}（权重组 {set}：{parts}）。",
            "每个节点下各子项权重之和须等于 weight_total。",
            "改正权重；原文不全的写 missing_parts。",
        ),
        (
            "The weights below the node {node} of {scheme} come to {total}, not {expected} (set {set}: {parts}).",
            "The weights of a node's children come to weight_total.",
            "Correct them; where the text is incomplete write missing_parts.",
        ),
    ),
    "scheme.weight_missing": message(
        (
            "办法 {scheme} 节点 {node} 下缺权重：{children}（权重组 {set}）。",
            "缺权重的办法须写明原文缺什么，且不运行。",
            "补上权重，或写 missing_parts。",
        ),
        (
            "Weights are missing below the node {node} of {scheme}: {children} (set {set}).",
            "A scheme without weights says what its text leaves open, and does not run.",
            "Add the weights, or write missing_parts.",
        ),
    ),
    "scheme.node_twice": message(
        ("办法 {scheme} 有两个节点叫 {node}。", "节点代码在一个办法中不得重复。", "改其中一个。"),
        ("The scheme {scheme} has two nodes {node}.", "Codes of nodes are unique in a scheme.", "Rename one."),
    ),
    "scheme.node_empty": message(
        (
            "办法 {scheme} 的节点 {node} 须且只须有指标或子节点之一。",
            "叶节点写 indicator，组节点写 children。",
            "补上或删去一个。",
        ),
        (
            "The node {node} of {scheme} needs an indicator or children, and only one of them.",
            "A leaf has indicator, a group children.",
            "Add or remove one.",
        ),
    ),
    "scheme.need": message(
        ("办法 {scheme} 的节点 {node} 按达标项数汇总，却没有写几项。", "pass_k 须写 need。", "写出须达标的项数。"),
        (
            "The node {node} of {scheme} counts passes without saying how many are needed.",
            "pass_k needs need.",
            "Write how many must pass.",
        ),
    ),
    "scheme.method_needs": message(
        ("节点 {node} 的无量纲化方法 {method} 缺少 {keys}。", "每种方法须有其所用的数值。", "补上，或换方法。"),
        (
            "The method {method} of the node {node} lacks {keys}.",
            "A method has the numbers it works with.",
            "Add it, or change the method.",
        ),
    ),
    "scheme.steps_order": message(
        ("节点 {node} 的分段没有从小到大排列或有重复。", "分段按起点升序，每个起点一次。", "重新排列。"),
        (
            "The steps of the node {node} are not ascending, or one stands twice.",
            "Steps ascend, each start once.",
            "Put them in order.",
        ),
    ),
    "scheme.cuts_order": message(
        ("办法 {scheme} 的分档界限没有从高到低排列或有重复。", "分档从最好的写起，界限递减。", "重新排列。"),
        (
            "The cuts of {scheme} do not descend, or one stands twice.",
            "Grades stand best first, with descending cuts.",
            "Put them in order.",
        ),
    ),
    "scheme.cut_missing": message(
        ("办法 {scheme} 的档次 {grade} 没有界限。", "除最后一档外，每档须写 at_least。", "补上界限。"),
        (
            "The grade {grade} of {scheme} has no cut.",
            "Every grade but the last has at_least.",
            "Add the cut.",
        ),
    ),
    "scheme.quota": message(
        ("办法 {scheme} 各档比例合计 {total}，超过 1。", "各档比例之和不超过全部。", "改正比例。"),
        ("The quotas of {scheme} come to {total}, above 1.", "Quotas come to no more than all.", "Correct them."),
    ),
    "scheme.grade_twice": message(
        ("办法 {scheme} 的档次有重复。", "每档一个代码。", "改其中一个。"),
        ("A grade of {scheme} stands twice.", "Each grade has its own code.", "Rename one."),
    ),
    "scheme.empty": message(
        (
            "办法 {scheme} 没有指标。",
            "办法须有指标框架，原文未公布的写 missing_parts。",
            "补上框架，或写 missing_parts。",
        ),
        (
            "The scheme {scheme} has no indicators.",
            "A scheme has a framework; what is not published is named in missing_parts.",
            "Add the framework, or write missing_parts.",
        ),
    ),
    "machine.state_unknown": message(
        ("状态机 {machine} 没有状态“{state}”。", "所用状态须列在 states 中。", "最接近的是 {nearest}。"),
        (
            "The machine {machine} has no state “{state}”.",
            "A state used is listed under states.",
            "The nearest is {nearest}.",
        ),
    ),
    "machine.state_unreachable": message(
        ("状态机 {machine} 到不了状态 {state}。", "每个状态须能从初始状态到达。", "补上转移，或删去该状态。"),
        (
            "The machine {machine} never reaches the state {state}.",
            "Every state can be reached from the initial one.",
            "Add a transition, or remove the state.",
        ),
    ),
    "machine.final_left": message(
        ("状态机 {machine} 从终态 {state} 还有转移 {transition}。", "终态不再转出。", "删去转移，或去掉 final。"),
        (
            "The machine {machine} leaves the final state {state} by {transition}.",
            "A final state is not left.",
            "Remove the transition, or final.",
        ),
    ),
    "machine.waits_for_nothing": message(
        (
            "状态机 {machine} 的转移 {transition} 没有条件。",
            "转移须有条件、事件或期限。",
            "写 when、event 或 after_deadline。",
        ),
        (
            "The transition {transition} of {machine} waits for nothing.",
            "A transition has a condition, an event or a deadline.",
            "Write when, event or after_deadline.",
        ),
    ),
    "machine.two_ways": message(
        (
            "状态机 {machine} 从 {state} 可能同时走 {first} 和 {second}。",
            "同一状态的两个转移不得同时成立而没有先后。",
            "写不同的 order，或使条件互斥。",
        ),
        (
            "From {state} the machine {machine} could go both by {first} and by {second}.",
            "Two transitions from one state are not due together without an order.",
            "Give them different orders, or make the conditions exclude each other.",
        ),
    ),
    "machine.counter_twice": message(
        ("状态机 {machine} 有两个计数器叫 {counter}。", "计数器名称不得重复。", "改其中一个。"),
        ("The machine {machine} has two counters {counter}.", "Names of counters are unique.", "Rename one."),
    ),
    "machine.no_window": message(
        ("状态机 {machine} 的计数器 {counter} 没有写看几期。", "mode: window 须写 window。", "写出期数或参数。"),
        (
            "The counter {counter} of {machine} does not say how many periods it looks at.",
            "mode: window needs window.",
            "Write the number or a parameter.",
        ),
    ),
}
