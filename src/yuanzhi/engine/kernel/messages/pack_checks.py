"""Wording of problems found by the checks of packs."""

from yuanzhi.engine.kernel.messages import Message, message

MESSAGES: dict[str, Message] = {
    "clause.unknown": message(
        ("{pack} 没有条款“{clause}”。", "引用的条款须列在该包的 clauses 中。", "最接近的是 {nearest}。"),
        (
            "{pack} has no clause “{clause}”.",
            "A clause cited must stand under clauses of that pack.",
            "The nearest is {nearest}.",
        ),
    ),
    "clause.nobody": message(
        (
            "条款 {clause} 无人落实。",
            "每条须由声明落实，或写明由人办理、尚未实现、仅为背景。",
            "补上指标或规则，或写 carried。",
        ),
        (
            "Nobody carries out the clause {clause}.",
            "A declaration carries it out, or it says that a person does, that it is not yet run, or background.",
            "Add an indicator or rule, or write carried.",
        ),
    ),
    "clause.says_engine": message(
        (
            "条款 {clause} 写明由系统执行，但没有声明引用它。",
            "系统执行的条款须有指标、规则、目标等引用。",
            "在声明中写 clause，或改 carried。",
        ),
        (
            "The clause {clause} says the engine carries it out, but no declaration cites it.",
            "What the engine runs is cited by an indicator, rule, target or the like.",
            "Write clause in the declaration, or change carried.",
        ),
    ),
    "clause.runs_after_all": message(
        ("条款 {clause} 标为 {carried}，却由 {by} 执行。", "carried 须与声明一致。", "改 carried，或改声明的 clause。"),
        (
            "The clause {clause} is marked {carried}, yet {by} carries it out.",
            "carried must agree with the declarations.",
            "Change carried, or the clause of the declaration.",
        ),
    ),
    "name.unknown": message(
        ("没有“{name}”。", "此处须是已声明的 {kind}。", "最接近的是 {nearest}。"),
        ("There is no “{name}”.", "This must be one of the declared {kind}.", "The nearest is {nearest}."),
    ),
    "name.two_types": message(
        (
            "表项 {name} 在两张报表里类型或单位不同，另一处是 {first}。",
            "同一对象的同名表项须类型、单位、位数一致。",
            "统一，或改名。",
        ),
        (
            "The item {name} differs in type or unit from {first}.",
            "Items of one name for one kind of subject share type, unit and scale.",
            "Make them alike, or rename one.",
        ),
    ),
    "name.taken": message(
        ("指标 {name} 与表项 {first} 同名。", "公式按名称取值，同一对象的名称不得重复。", "改其中一个名称。"),
        (
            "The indicator {name} has the name of the item {first}.",
            "Formulas find values by name; a name stands for one thing of a subject.",
            "Rename one of them.",
        ),
    ),
    "name.reserved": message(
        ("表项 {name} 与评价结果同名。", "评价与后果的条件里，{name} 指本办法的结果。", "改名，如加上来源。"),
        (
            "The item {name} has the name of a result.",
            "In conditions of schemes and consequences {name} is the scheme's own result.",
            "Rename it, for instance by its source.",
        ),
    ),
    "name.attribute": message(
        (
            "表项 {name} 与登记属性同名。",
            "登记属性由登记簿提供；同名表项会遮住它。",
            "改名，或把该表标为 source: register。",
        ),
        (
            "The item {name} has the name of an attribute of the register.",
            "The register gives attributes; an item of the same name hides it.",
            "Rename it, or mark the form source: register.",
        ),
    ),
    "parameter.unused": message(
        ("没有公式用到参数 {parameter}。", "多余的参数可能是写错名称的另一个。", "核对名称，或留作说明。"),
        (
            "No formula reads the parameter {parameter}.",
            "One too many may be another one misspelt.",
            "Check the name, or keep it for the record.",
        ),
    ),
    "parameter.blank": message(
        (
            "参数 {parameter} 空缺。",
            "原文未写、也未自选的值，用到它的结果为“无法判定”。",
            "由有权机关补齐，或自选并写明理由。",
        ),
        (
            "The parameter {parameter} is blank.",
            "Where neither text nor author gives a value, results that need it are undetermined.",
            "Have the authority fill it, or choose one and say why.",
        ),
    ),
    "parameter.missing_mismatch": message(
        (
            "参数 {parameter} 的值与其性质 {basis} 不符。",
            "空缺的没有值，规定或自选的须有值。",
            "写出值，或标为 missing。",
        ),
        (
            "The value of the parameter {parameter} does not fit its basis {basis}.",
            "A missing value has none; a stated or chosen one has.",
            "Write the value, or mark it missing.",
        ),
    ),
    "parameter.stated_where": message(
        (
            "参数 {parameter} 标为原文规定，却没有条款。",
            "原文规定的值须写出处。",
            "写 clause，或改为 chosen 并说明理由。",
        ),
        (
            "The parameter {parameter} is marked stated without a clause.",
            "A stated value says where.",
            "Write clause, or mark it chosen and say why.",
        ),
    ),
    "parameter.chosen_why": message(
        ("自选的参数 {parameter} 没有写理由。", "自选的值会随结果一并公布，须写明为何这样选。", "写 why。"),
        (
            "The chosen parameter {parameter} does not say why.",
            "A chosen value is published with the result and says why it was chosen.",
            "Write why.",
        ),
    ),
    "parameter.order": message(
        (
            "参数 {parameter} 的取值没有按日期先后排列：{day}。",
            "取值按起始日期排列，每个日期一次，只有第一个可不写日期。",
            "重新排列。",
        ),
        (
            "The values of the parameter {parameter} are not in order of their days: {day}.",
            "Values stand in the order of their first days, each once; only the first may go without.",
            "Put them in order.",
        ),
    ),
    "item.bounds": message(
        ("表项 {item} 的下限 {least} 大于上限 {most}。", "least 不得大于 most。", "改正其一。"),
        (
            "The item {item} has the lower bound {least} above the upper {most}.",
            "least is not above most.",
            "Correct one of them.",
        ),
    ),
    "item.no_code_list": message(
        ("代码型表项 {item} 没有写代码表。", "type: code 须写 code_list。", "写出代码表，或改为 text。"),
        (
            "The code item {item} names no code list.",
            "type: code needs code_list.",
            "Name the list, or make it text.",
        ),
    ),
    "codes.parent": message(
        (
            "代码 {code} 的上级 {parent} 不在 {list} 中，也不在其他代码表中。",
            "上级须是已有的代码。",
            "改正上级，或补上该代码。",
        ),
        (
            "The parent {parent} of the code {code} is neither in {list} nor in another list.",
            "A parent is an existing code.",
            "Correct the parent, or add the code.",
        ),
    ),
    "codes.circle": message(
        ("代码表 {list} 中 {code} 的上级成环。", "上级关系须成树。", "改正其中一个上级。"),
        (
            "In the list {list} the parents of {code} go in a circle.",
            "Parents make a tree.",
            "Correct one of the parents.",
        ),
    ),
    "target.unit": message(
        (
            "目标 {target} 的单位 {unit} 不能与指标 {indicator} 相比（应为 {expected}）。",
            "目标与指标须量纲相同；比例、倍数、增速没有量纲。",
            "改单位，或改目标种类 kind。",
        ),
        (
            "The target {target} in {unit} cannot be compared with the indicator {indicator} (in {expected}).",
            "A target has its indicator's dimension; shares, multiples and growth have none.",
            "Change the unit, or the kind of target.",
        ),
    ),
    "target.contradiction": message(
        (
            "对指标 {indicator} 有两个不同的目标：{first} 与 {second}（{values}）。",
            "同一指标、范围和年份的目标应当一致，冲突不作默认取舍。",
            "核对两处原文，写明适用哪一个。",
        ),
        (
            "The indicator {indicator} has two different targets: {first} and {second} ({values}).",
            "Targets of one indicator, population and year should agree; nothing is chosen silently.",
            "Check both texts and say which applies.",
        ),
    ),
    "indicator.one_way": message(
        ("指标 {indicator} 须且只须有公式或汇总之一。", "formula 与 aggregate 二选一。", "补上或删去一个。"),
        (
            "The indicator {indicator} needs a formula or an aggregate, and only one of them.",
            "formula and aggregate exclude each other.",
            "Add or remove one.",
        ),
    ),
    "indicator.rolls_up_nothing": message(
        (
            "指标 {indicator} 汇总的“{of}”不明。",
            "of 须是表项、指标、报表或对象种类；计数也要能看出数的是什么。",
            "最接近的是 {nearest}；同名表项写成 报表.表项。",
        ),
        (
            "It is not clear what the indicator {indicator} rolls up: “{of}”.",
            "of is an item, indicator, form or kind of subject; a count, too, says what it counts.",
            "The nearest is {nearest}; write form.item where items share a name.",
        ),
    ),
    "indicator.cyclic": message(
        ("指标循环引用：{cycle}。", "指标不得由自己算出。", "断开其中一处。"),
        (
            "Indicators refer to each other in a circle: {cycle}.",
            "No indicator is computed from itself.",
            "Break the circle in one place.",
        ),
    ),
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
    "date.parameter_late": message(
        (
            "{name} 自 {first} 起有效，但参数 {parameter} 自 {begins} 起才有值。",
            "规则有效的每一天，其参数都须有值。",
            "补上较早的取值，或推迟规则。",
        ),
        (
            "{name} holds from {first}, but the parameter {parameter} has a value only from {begins}.",
            "A parameter has a value on every day of what reads it.",
            "Add the earlier value, or let the rule begin later.",
        ),
    ),
    "date.expired_reference": message(
        (
            "{name} 的有效期超过所引 {clause} 的失效日 {last}。",
            "规定不得晚于其依据失效。",
            "写明截止日，或改引现行依据。",
        ),
        (
            "{name} holds beyond {last}, when {clause} expires.",
            "Nothing outlives what it rests on.",
            "Write an end, or cite what is in force.",
        ),
    ),
    "date.code_expired": message(
        (
            "{name} 用到的代码 {code}（{list}）在其有效期内并不有效：规定自 {first} 起，代码止于 {last}。",
            "条件里的代码须在规定有效的某些日子有效。",
            "改用当时的代码。",
        ),
        (
            "{name} holds from {first} and uses the code {code} of {list}, which was valid until {last}.",
            "A code in a condition is valid on some day on which the condition holds.",
            "Use the code of that time.",
        ),
    ),
    "date.base_expired": message(
        ("包 {pack} 与其继承的 {base} 没有同时有效的日子。", "继承的包须在某些日子同时有效。", "检查 in_force。"),
        (
            "The pack {pack} and {base}, which it extends, are never in force on the same day.",
            "A pack and its base are in force together on some day.",
            "Check in_force.",
        ),
    ),
    "date.backwards": message(
        ("{name} 的截止日 {last} 早于起始日 {first}。", "先起后止。", "改正日期。"),
        ("{name} ends on {last}, before it begins on {first}.", "What ends has begun.", "Correct the dates."),
    ),
}
