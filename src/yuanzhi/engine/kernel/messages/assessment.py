"""Wording of problems found by assessments."""

from yuanzhi.engine.kernel.messages import Message, message

MESSAGES: dict[str, Message] = {
    "assessment.scheme_unknown": message(
        ("没有名为“{scheme}”的评价办法。", "评价办法须在政策包的 schemes 中声明。", "改为已声明的办法{nearest}。"),
        (
            "There is no scheme “{scheme}”.",
            "A scheme is declared under schemes of the pack.",
            "Use a declared scheme {nearest}.",
        ),
    ),
    "assessment.node_twice": message(
        ("节点代码“{node}”出现不止一次。", "一个办法中的节点代码各不相同。", "为其中之一另起代码。"),
        (
            "The node code “{node}” occurs more than once.",
            "The codes of a scheme's nodes differ from one another.",
            "Give one of them another code.",
        ),
    ),
    "assessment.weights_sum": message(
        (
            "节点“{node}”的下级权重之和为 {sum}（权重组 {weights}）。",
            "同一节点的下级权重之和须为 {total}。",
            "核对办法原文；若原文只给相对权重，写明 weighting: relative。",
        ),
        (
            "The weights below node “{node}” sum to {sum} (weight set {weights}).",
            "The weights below one node sum to {total}.",
            "Check the text; where it gives relative weights only, say weighting: relative.",
        ),
    ),
    "assessment.weights_of_units": message(
        (
            "对 {units}，节点“{node}”适用的下级权重之和为 {sum}。",
            "对每个对象，适用的下级权重之和须为 {total}。",
            "核对各下级的适用条件（where）与权重。",
        ),
        (
            "For {units} the weights that apply below node “{node}” sum to {sum}.",
            "For every unit the weights that apply sum to {total}.",
            "Check the conditions (where) and weights of the children.",
        ),
    ),
    "assessment.weight_missing": message(
        (
            "权重缺失：{nodes}（权重组 {weights}）。",
            "公开文本没有给出权重的办法可以声明，但不得运行。",
            "补上权重，并以 weight_basis: chosen 注明是自选。",
        ),
        (
            "Weights are missing: {nodes} (weight set {weights}).",
            "A scheme whose text gives no weights may be declared but does not run.",
            "Supply the weights and mark them weight_basis: chosen.",
        ),
    ),
    "assessment.weight_negative": message(
        ("节点“{node}”的权重为负：{weight}。", "权重不得为负；反向指标用 direction: less。", "改正权重。"),
        (
            "The weight of node “{node}” is negative: {weight}.",
            "Weights are not negative; where less is better say direction: less.",
            "Correct the weight.",
        ),
    ),
    "assessment.key_unused": message(
        (
            "节点“{node}”写了 {keys}，但方法 {method} 不用它。",
            "方法不用的键不得出现。",
            "删除该键，或改用需要它的方法。",
        ),
        (
            "Node “{node}” sets {keys}, which the method {method} does not use.",
            "Keys that a method does not use are refused.",
            "Remove the key, or use a method that needs it.",
        ),
    ),
    "assessment.key_needed": message(
        ("节点“{node}”用方法 {method}，但没有写 {keys}。", "该方法需要它才能得分。", "补上该键。"),
        (
            "Node “{node}” uses the method {method} without {keys}.",
            "The method gives no score without it.",
            "Supply the key.",
        ),
    ),
    "assessment.comparison_unfit": message(
        (
            "节点“{node}”的达标比较写作 {comparison}，无从判断。",
            "达标与否只能用 ge、gt、le、lt、eq、ne 或 between。",
            "改用其中之一，或用 formula 写明条件。",
        ),
        (
            "Node “{node}” compares by {comparison}, which decides nothing.",
            "Pass or fail is judged by ge, gt, le, lt, eq, ne or between.",
            "Use one of these, or write the condition as a formula.",
        ),
    ),
    "assessment.steps_order": message(
        ("节点“{node}”的分段起点没有依次升高：{steps}。", "分段从低到高排列，起点各不相同。", "调整分段次序。"),
        (
            "The steps of node “{node}” do not rise: {steps}.",
            "Steps stand from low to high, each from its own value.",
            "Put the steps in order.",
        ),
    ),
    "assessment.pass_k_child": message(
        (
            "节点“{node}”按达标项数计，但下级“{child}”不是达标与否的判断。",
            "pass_k 的下级须为 pass_fail 指标或另一 pass_k 组。",
            "改下级的方法，或改本节点的汇总方法。",
        ),
        (
            "Node “{node}” counts passes, but its child “{child}” is no pass-or-fail.",
            "Children of pass_k are pass_fail leaves or pass_k groups.",
            "Change the child's method or the node's aggregation.",
        ),
    ),
    "assessment.copeland_child": message(
        (
            "节点“{node}”用 copeland 汇总，但部分对象的下级不适用。",
            "两两比较要求所有对象有同样的下级。",
            "去掉下级的适用条件，或改汇总方法。",
        ),
        (
            "Node “{node}” aggregates by copeland, but some children do not apply to some units.",
            "Comparing in pairs needs the same children for all units.",
            "Remove the children's conditions, or aggregate otherwise.",
        ),
    ),
    "assessment.no_units": message(
        ("没有可评的对象。", "评价至少需要一个对象。", "检查对象集合与快照。"),
        (
            "There is nothing to assess.",
            "An assessment needs at least one unit.",
            "Check the population and the snapshot.",
        ),
    ),
    "assessment.infinite_cells": message(
        ("以下单元格为无穷大：{cells}。", "事实中不得有无穷大。", "改正来源数据。"),
        ("These cells hold an infinity: {cells}.", "Facts hold no infinities.", "Correct the source."),
    ),
    "assessment.no_column": message(
        (
            "没有指标“{indicator}”（节点 {node}）的任何数值。",
            "缺数不是零，该项按缺数处理。",
            "检查指标名{nearest}与快照。",
        ),
        (
            "There is no value of the indicator “{indicator}” (node {node}) at all.",
            "Missing is not zero; the node is treated as missing.",
            "Check the name {nearest} and the snapshot.",
        ),
    ),
    "assessment.denominator_zero": message(
        ("节点“{node}”的分母“{denominator}”为零：{units}。", "除以零没有结果，按缺数处理。", "核对这些对象的数据。"),
        (
            "The denominator “{denominator}” of node “{node}” is zero: {units}.",
            "Dividing by zero gives nothing; the cell is missing.",
            "Check the data of these units.",
        ),
    ),
    "assessment.constant_column": message(
        (
            "指标“{node}”在可比对象中没有差别（均为 {value}），方法 {method} 无从计分。",
            "按差距计分的方法需要至少两个不同的值。",
            "换用目标值、基准值或达标方法，或停用该指标。",
        ),
        (
            "The indicator “{node}” is the same for all peers ({value}); the method {method} cannot score it.",
            "A method that scores by distance needs two different values.",
            "Use a target, base or pass method, or leave the indicator out.",
        ),
    ),
    "assessment.zero_divisor": message(
        (
            "指标“{node}”按方法 {method} 计分须除以零：{cells}。",
            "得分中不得出现无穷大或非数。",
            "对可能为零的反向指标改用 min_max、distance_to_target 或达标方法。",
        ),
        (
            "Scoring the indicator “{node}” by {method} divides by zero: {cells}.",
            "No score is infinite or no number.",
            "Where less is better and zero occurs, use min_max, distance_to_target or a pass method.",
        ),
    ),
    "assessment.base_not_positive": message(
        ("指标“{node}”的基准值或最大值不是正数：{cells}。", "比值计分需要正的基准。", "核对基准值。"),
        (
            "The base or maximum of the indicator “{node}” is not positive: {cells}.",
            "Scoring by ratio needs a positive base.",
            "Check the base.",
        ),
    ),
    "assessment.amount_missing": message(
        (
            "节点“{node}”的{what}没有值（{text}）：{units}。",
            "没有基准、目标或门槛就没有得分；缺数不是零。",
            "补上参数或事实{names}。",
        ),
        (
            "The {what} of node “{node}” has no value ({text}): {units}.",
            "Without a base, target or threshold there is no score; missing is not zero.",
            "Supply the parameter or fact {names}.",
        ),
    ),
    "assessment.history_missing": message(
        (
            "节点“{node}”的基准取自 {years} 年前的数据，但没有给出。",
            "基准值是往年同类对象的统计量。",
            "冻结并给出那一年的数据。",
        ),
        (
            "The base of node “{node}” comes from data of {years} years before, which is not given.",
            "The base is a statistic of the peers of an earlier year.",
            "Freeze and supply the data of that year.",
        ),
    ),
    "assessment.reference_unknown": message(
        (
            "节点“{node}”以“{unit}”为参照，但它不在评价对象中或没有数值。",
            "参照对象须有该指标的值。",
            "改参照对象{nearest}。",
        ),
        (
            "Node “{node}” takes “{unit}” as reference, which is not assessed or has no value.",
            "The reference unit has a value of the indicator.",
            "Name another reference {nearest}.",
        ),
    ),
    "assessment.value_not_positive": message(
        (
            "反向指标“{node}”按 {method} 计分，但有负值：{cells}。",
            "反向的比值计分只对正数有意义。",
            "改用 min_max、goalposts 或达标方法。",
        ),
        (
            "The indicator “{node}”, where less is better, is negative: {cells}; {method} cannot score it.",
            "Ratios turned round are defined for positive values only.",
            "Use min_max, goalposts or a pass method.",
        ),
    ),
    "assessment.not_positive": message(
        (
            "节点“{node}”用 {method} 汇总，但有下级得分不是正数：{cells}。",
            "几何与调和平均只对正数有意义。",
            "把计分区间改为从 1 起，或改汇总方法。",
        ),
        (
            "Node “{node}” aggregates by {method}, but scores below it are not positive: {cells}.",
            "Geometric and harmonic means are defined for positive scores only.",
            "Let the scale begin at 1, or aggregate otherwise.",
        ),
    ),
    "assessment.still_skewed": message(
        (
            "指标“{node}”经缩尾和取对数后偏度 {skew}、峰度 {kurtosis} 仍超限。",
            "异常值处理以偏度和峰度为准。",
            "人工检查该指标的数据。",
        ),
        (
            "After winsorising and logs the indicator “{node}” still has skew {skew} and kurtosis {kurtosis}.",
            "Outliers are judged by skew and kurtosis.",
            "Look at the data of the indicator.",
        ),
    ),
    "assessment.formula_missing": message(
        ("“{text}”（{trail}）没有编译好的公式。", "办法中的条件和算式先随政策包编译。", "先检查政策包。"),
        (
            "There is no compiled formula for “{text}” ({trail}).",
            "Conditions and formulas of a scheme are compiled with its pack.",
            "Check the pack first.",
        ),
    ),
    "assessment.tie_undecided": message(
        (
            "{units} 得分相同，跨在“{grade}”档名额的边上，办法没有排定先后的依据。",
            "并列且办法未排定的，从宽处理并交由人决定。",
            "在 tie_order 中写明依据，或由人决定。",
        ),
        (
            "{units} tie across the last place of grade “{grade}” and the scheme does not order them.",
            "A tie the scheme does not order is read in favour of the subjects and goes to a person.",
            "State an order in tie_order, or decide by hand.",
        ),
    ),
    "assessment.quota_too_few": message(
        (
            "组“{group}”只有 {count} 个可排名对象，不足 {fewest} 个，未按比例分档。",
            "对象过少时比例没有意义。",
            "合并分组，或由人决定。",
        ),
        (
            "Group “{group}” has {count} ranked units, fewer than {fewest}; no grades by quota there.",
            "A quota means nothing among so few.",
            "Join groups, or decide by hand.",
        ),
    ),
    "assessment.below_all_bands": message(
        ("{units} 的得分低于所有档次的下限。", "末档不设下限，或下限低于可能的最低分。", "删去末档的 at_least。"),
        (
            "The scores of {units} are below every grade.",
            "The last grade has no lower bound, or one below the lowest possible score.",
            "Remove at_least from the last grade.",
        ),
    ),
    "assessment.grade_unknown": message(
        (
            "{where} 指定了档次“{grade}”，但办法没有这一档。",
            "档次须在 grades.bands 中声明。",
            "改为已声明的档次{nearest}。",
        ),
        (
            "{where} names the grade “{grade}”, which the scheme does not have.",
            "A grade is declared under grades.bands.",
            "Use a declared grade {nearest}.",
        ),
    ),
    "assessment.bands_order": message(
        ("档次“{grade}”的下限 {bound} 不低于其上一档。", "档次从优到劣排列，下限依次降低。", "调整次序或下限。"),
        (
            "The bound {bound} of grade “{grade}” is not below that of the grade before it.",
            "Grades stand best first and their bounds descend.",
            "Change the order or the bound.",
        ),
    ),
    "assessment.methods_not_comparable": message(
        (
            "不确定性分析未变换计分方法 {methods}：办法按分数线分档。",
            "不同方法的分数不在同一尺度上，不能与同一条分数线比较。",
            "只在按比例分档或只排名时变换方法。",
        ),
        (
            "The methods {methods} were not varied: the scheme grades by cut.",
            "Scores of different methods are on different scales and cannot meet one cut.",
            "Vary methods only where grades go by quota or only ranks matter.",
        ),
    ),
    "weighting.too_few": message(
        (
            "方法 {method} 至少需要 {least} 个完整对象，只有 {count} 个。",
            "客观赋权由数据的差异得出。",
            "补数或改用声明的权重。",
        ),
        (
            "The method {method} needs at least {least} complete units, there are {count}.",
            "Objective weights come from differences in the data.",
            "Complete the data or use declared weights.",
        ),
    ),
    "weighting.all_constant": message(
        ("方法 {method} 的各列都没有差别，得不出权重。", "客观赋权由数据的差异得出。", "改用声明的权重或等权。"),
        (
            "No column varies, so the method {method} gives no weights.",
            "Objective weights come from differences in the data.",
            "Use declared or equal weights.",
        ),
    ),
    "weighting.constant_columns": message(
        ("没有差别的列权重记为零：{columns}。", "不变的列不含信息。", "如有疑问，检查数据。"),
        (
            "Columns without differences have weight zero: {columns}.",
            "A constant column carries no information.",
            "Check the data if in doubt.",
        ),
    ),
    "weighting.rows_left_out": message(
        ("{count} 个对象因缺数未参与赋权：{units}。", "客观赋权只用完整的行；缺数不是零。", "补数后重算。"),
        (
            "{count} units with missing cells took no part in weighting: {units}.",
            "Objective weights use complete rows only; missing is not zero.",
            "Complete the data and compute again.",
        ),
    ),
    "weighting.negative": message(
        ("方法 {method} 要求非负数，但有负值：{cells}。", "该方法按占比计算。", "先归一化。"),
        (
            "The method {method} needs values that are not negative: {cells}.",
            "It works on shares.",
            "Normalise first.",
        ),
    ),
    "weighting.not_reciprocal": message(
        (
            "判断矩阵在（{row}, {column}）处不成倒数：{value} 与 {mirror}。",
            "层次分析法的判断矩阵为正互反矩阵。",
            "改正该项判断。",
        ),
        (
            "The judgement matrix is not reciprocal at ({row}, {column}): {value} and {mirror}.",
            "Judgements of AHP are positive and reciprocal.",
            "Correct that judgement.",
        ),
    ),
    "weighting.inconsistent": message(
        ("判断矩阵的一致性比例为 {ratio}。", "一致性比例须低于 {limit}。", "重新比较最不一致的几项。"),
        (
            "The judgement matrix has a consistency ratio of {ratio}.",
            "The consistency ratio is below {limit}.",
            "Compare the least consistent items again.",
        ),
    ),
}
