"""Wording of problems found by the checks of packs: names, values, dates, indicators, targets, clauses."""

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
