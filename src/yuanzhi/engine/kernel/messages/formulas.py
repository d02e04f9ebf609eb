"""Wording of problems found in formulas."""

from yuanzhi.engine.kernel.messages import Message, message

_LANGUAGE_ZH = "公式只用数、单位、引号中的代码、名称、四则运算、比较、and/or/not、case 和规定的函数。"
_LANGUAGE_EN = (
    "A formula holds numbers, units, codes in quotes, names, arithmetic, comparisons, and/or/not, case and "
    "the listed functions only."
)

MESSAGES: dict[str, Message] = {
    "formula.empty": message(
        ("公式为空。", "声明了公式的地方须有内容。", "写入公式，或删去该键。"),
        ("The formula is empty.", "A declared formula has a text.", "Write it, or leave the key out."),
    ),
    "formula.too_large": message(
        ("公式过大，上限为 {limit}。", "过大的公式无人能核对。", "把其中一部分定义为指标，再引用它。"),
        (
            "The formula is too large; the limit is {limit}.",
            "Nobody can check a formula of that size.",
            "Define a part of it as an indicator and refer to that.",
        ),
    ),
    "formula.too_deep": message(
        ("公式嵌套过深，上限为 {limit} 层。", "嵌套过深的公式无人能读。", "把内层定义为指标，再引用它。"),
        (
            "The formula is nested too deeply; the limit is {limit} levels.",
            "Nobody can read a formula nested that deeply.",
            "Define the inner part as an indicator and refer to that.",
        ),
    ),
    "formula.forbidden": message(
        ("公式中不能出现“{found}”。", _LANGUAGE_ZH, "删去或改写；文本用半角单引号，注释写在 note 里。"),
        (
            "“{found}” cannot stand in a formula.",
            _LANGUAGE_EN,
            "Remove or rewrite it; texts stand in single quotes, remarks under note.",
        ),
    ),
    "formula.open_quote": message(
        ("引号没有闭合。", "文本写在一对半角单引号之间。", "补上另一个引号。"),
        ("A quote is not closed.", "A text stands between two single quotes.", "Add the other quote."),
    ),
    "formula.percent_alone": message(
        ("百分号前没有数。", "百分号只作百分数，例如 45%；本语言没有取余。", "在百分号前写数，或删去它。"),
        (
            "A per cent sign stands without a number.",
            "The sign only makes a percentage such as 45%; there is no modulo.",
            "Write a number before it, or remove it.",
        ),
    ),
    "formula.number_form": message(
        (
            "“{text}”不是数的写法。",
            "数不带前导零和千分位，至多二十四位；带前导零的是代码。",
            "去掉前导零；代码加引号。",
        ),
        (
            "“{text}” is not how a number is written.",
            "A number has no leading zeros or separators and at most 24 digits; with leading zeros it is a code.",
            "Remove the zeros; put codes in quotes.",
        ),
    ),
    "formula.date_form": message(
        ("“{text}”不是日期。", "日期写作 date '2018-01-01'。", "按此写法填写日历上有的一天。"),
        (
            "“{text}” is not a date.",
            "A date is written date '2018-01-01'.",
            "Write a day of the calendar in this form.",
        ),
    ),
    "formula.unreadable": message(
        (
            "公式“{text}”读不通。",
            "运算符两侧须有值，括号须成对，词语之间须有运算符。",
            "检查缺少的运算符、括号或逗号。",
        ),
        (
            "The formula “{text}” cannot be read.",
            "An operator has a value on both sides, parentheses come in pairs, and two words need an operator between.",
            "Look for a missing operator, parenthesis or comma.",
        ),
    ),
    "formula.not_in_language": message(
        ("公式中有不允许的写法：{construct}。", _LANGUAGE_ZH, "改用允许的写法；两个词之间可能缺少运算符。"),
        (
            "The formula holds a form that is not allowed: {construct}.",
            _LANGUAGE_EN,
            "Use an allowed form; an operator may be missing between two words.",
        ),
    ),
    "formula.unknown_function": message(
        ("没有函数“{name}”。", "可用的函数：{known}。", "改用其中之一，最接近的是：{nearest}。"),
        ("There is no function “{name}”.", "The functions are {known}.", "Use one of them; the nearest is: {nearest}."),
    ),
    "formula.arguments": message(
        ("函数 {name} 给了 {given} 个参数。", "它需要 {takes} 个。", "补足或删去参数。"),
        ("{name} was given {given} arguments.", "It takes {takes}.", "Add or remove arguments."),
    ),
    "formula.places": message(
        (
            "{name} 的位数不合规定。",
            "位数是不大于 {most} 的整数，写成数字，不带单位。",
            "写明位数，例如 round(x, 2)。",
        ),
        (
            "The places of {name} are not as they should be.",
            "Places are a whole number up to {most}, written as a digit without a unit.",
            "Write them, as in round(x, 2).",
        ),
    ),
    "formula.prefix": message(
        ("starts_with 的前缀不是文本。", "前缀写成引号中的代码开头。", "例如 starts_with(industry, '13')。"),
        (
            "A prefix of starts_with is not a text.",
            "A prefix is the beginning of a code, in quotes.",
            "Write, for example, starts_with(industry, '13').",
        ),
    ),
    "formula.qualified": message(
        (
            "名称“{name}”后面带了点。",
            "只有参数带前缀 p.，写作 p.代码；其他名称不带表名。",
            "去掉点和前面的部分，或改为 p.代码。",
        ),
        (
            "The name “{name}” is followed by a dot.",
            "Only parameters have a prefix, as p.code; other names have no table.",
            "Remove the dot and what precedes it, or write p.code.",
        ),
    ),
    "formula.unknown_name": message(
        (
            "不认识名称“{name}”。",
            "名称须是本对象的报表项、指标、参数（p.代码）或登记属性的代码，或唯一的中文名称。",
            "检查拼写，或先声明它。最接近的是：{nearest}。",
        ),
        (
            "Unknown name “{name}”.",
            "A name is the code, or the unique Chinese label, of an item, indicator, parameter (p.code) or attribute.",
            "Check the spelling or declare it first. The nearest is: {nearest}.",
        ),
    ),
    "formula.ambiguous_name": message(
        ("名称“{name}”指向多个代码：{codes}。", "中文名称只有唯一时才能代替代码。", "改用代码。"),
        (
            "The label “{name}” stands for several codes: {codes}.",
            "A label may stand for a code only when it is unique.",
            "Use the code.",
        ),
    ),
    "formula.compared_with_null": message(
        (
            "把值与 null 比较，或把 null 交给了函数。",
            "与缺失值比较永远得不出结论。",
            "判断缺失用 is null 或 is not null。",
        ),
        (
            "Something is compared with null, or null is given to a function.",
            "A comparison with a missing value decides nothing.",
            "Ask is null or is not null.",
        ),
    ),
    "formula.is_only_null": message(
        ("is 后面不是 null。", "is 只用于 is null 和 is not null。", "比较用等号；是否类的名称直接作条件。"),
        (
            "“is” is not followed by null.",
            "It is used in “is null” and “is not null” only.",
            "Compare with =; a name that is true or false is a condition itself.",
        ),
    ),
    "formula.empty_list": message(
        ("in 后面没有列出值。", "in 后面是括号中的一个或多个值。", "列出值，例如 in ('13', '14')。"),
        (
            "Nothing is listed after “in”.",
            "It is followed by one or more values in parentheses.",
            "List them, as in ('13', '14').",
        ),
    ),
    "formula.case_without_else": message(
        ("case 没有 else。", "每种情形都须有结果；确无结果时写 else null。", "补上 else。"),
        (
            "A case has no else.",
            "Every situation has a result; where there is none to be had, write else null.",
            "Add the else.",
        ),
    ),
    "formula.type": message(
        ("“{part}”是{found}。", "此处需要{wanted}。", "改写这一部分。"),
        ("“{part}” is of the kind {found}.", "Here stands {wanted}.", "Rewrite this part."),
    ),
    "formula.kinds_differ": message(
        (
            "“{left}”是{left_type}，“{right}”是{right_type}。",
            "只有同类的值才能比较、相加或并列为结果。",
            "核对名称；代码和文本加引号。",
        ),
        (
            "“{left}” is {left_type}, “{right}” is {right_type}.",
            "Only values of one kind are compared, added or given side by side.",
            "Check the names; codes and texts stand in quotes.",
        ),
    ),
    "formula.units_differ": message(
        (
            "“{left}”的单位是 {left_unit}，“{right}”的单位是 {right_unit}，量纲不同。",
            "只有同一量纲的值才能比较和加减；同一量纲的不同单位会自动精确换算。",
            "核对两边的单位；也许缺少除以面积、人数或能耗。",
        ),
        (
            "“{left}” is in {left_unit}, “{right}” in {right_unit}: their dimensions differ.",
            "Only values of one dimension are compared and added; units of one dimension are converted exactly.",
            "Check both units; a division by area, people or energy may be missing.",
        ),
    ),
    "formula.number_needs_unit": message(
        (
            "数“{part}”没有单位，而另一边的单位是 {unit}。",
            "不带单位的数取另一边的单位；复合单位中同一量纲的单位不止一个时，含义不明。",
            "给数写上单位，例如 500 万元/亩。",
        ),
        (
            "The number “{part}” has no unit, and the other side is in {unit}.",
            "A number without a unit takes that of the other side; here two units of one dimension meet in it.",
            "Write its unit, such as 500 万元/亩.",
        ),
    ),
    "formula.percent_by_hand": message(
        (
            "公式用 100 换算百分数，而单位 {unit} 已会自动换算。",
            "比率与百分数之间由单位换算，再乘除 100 就换算了两次。",
            "删去乘以或除以 100。",
        ),
        (
            "The formula converts percentages by 100, and the unit {unit} is converted anyway.",
            "Units convert between shares and per cent; a factor of 100 besides would convert twice.",
            "Remove the factor of 100.",
        ),
    ),
    "formula.result_type": message(
        ("公式的结果是{found}。", "此处声明的结果是{wanted}。", "改写公式，或改正声明。"),
        (
            "The result is {found}.",
            "What is declared here is {wanted}.",
            "Rewrite the formula, or correct the declaration.",
        ),
    ),
    "formula.result_unit": message(
        (
            "公式的结果以 {found} 计，而声明的单位是 {wanted}，量纲不同。",
            "公式须给出其声明的单位。",
            "改写公式，或改正声明的单位。",
        ),
        (
            "The result is in {found}, but {wanted} is declared: the dimensions differ.",
            "A formula must give its declared unit.",
            "Rewrite the formula, or correct the declared unit.",
        ),
    ),
    "formula.unknown_code": message(
        (
            "代码表 {code_list} 中没有“{given}”。",
            "与代码比较的值须在其代码表中。",
            "改用表中的代码，最接近的是：{nearest}。",
        ),
        (
            "The code list {code_list} has no “{given}”.",
            "What a code is compared with must be in its list.",
            "Use a code of the list; the nearest is: {nearest}.",
        ),
    ),
    "formula.code_lists_differ": message(
        ("比较了不同代码表的代码：{lists}。", "不同代码表的代码不能比较。", "核对名称。"),
        (
            "Codes of different lists are compared: {lists}.",
            "Codes of different lists do not compare.",
            "Check the names.",
        ),
    ),
    "formula.cyclic": message(
        ("指标互相定义，绕成一圈：{path}。", "指标的公式不能直接或间接用到它自己。", "改写其中一个公式。"),
        (
            "Indicators define one another in a circle: {path}.",
            "A formula may not use its own indicator, directly or through others.",
            "Rewrite one of the formulas.",
        ),
    ),
    "formula.broken_definition": message(
        ("公式用到的指标“{name}”自身的公式有误（{found}）。", "指标须先能算出，才能引用。", "先改正该指标的公式。"),
        (
            "The indicator “{name}” used here has a faulty formula itself ({found}).",
            "An indicator must be computable before it is used.",
            "Correct the formula of that indicator first.",
        ),
    ),
    "formula.too_wide": message(
        (
            "要精确计算须用 {places} 位小数，超出了数据库能精确保存的位数。各输入的位数（小数位）：{ranges}。",
            "计算要么精确，要么不做；至多三十八位，其中整数部分至少留十五位。",
            "用 round(…, 位数) 把其中一部分取到较少的位数，或减少所声明的小数位。",
        ),
        (
            "To be exact this needs {places} places, which is too many. Digits (places) of the inputs: {ranges}.",
            "A computation is exact or not made: 38 digits at most, with at least 15 before the point.",
            "Round a part with round(…, places), or declare fewer places.",
        ),
    ),
}
