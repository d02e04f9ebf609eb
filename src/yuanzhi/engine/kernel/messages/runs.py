"""Wording of problems found by runs."""

from yuanzhi.engine.kernel.messages import Message, message

MESSAGES: dict[str, Message] = {
    "run.table_missing": message(
        ("结果表 {table} 不在。", "运行目录须含清单所列的每一张表。", "从备份恢复该目录，或重新运行。"),
        (
            "The result table {table} is not there.",
            "A run's folder holds every table its manifest lists.",
            "Restore the folder from a copy, or run again.",
        ),
    ),
    "run.table_changed": message(
        ("结果表 {table} 与清单的哈希不符。", "发布后的结果不得改动。", "用 verify 重算，查明哪些行被改。"),
        (
            "The result table {table} differs from the hash in the manifest.",
            "Results may not be changed once made.",
            "Recompute with verify to see which rows were changed.",
        ),
    ),
    "run.manifest_changed": message(
        ("清单内容与其自身哈希不符。", "清单写成后不得改动。", "从备份恢复，或重新运行。"),
        (
            "The manifest differs from its own hash.",
            "A manifest may not be changed once written.",
            "Restore it from a copy, or run again.",
        ),
    ),
    "run.unreadable": message(
        ("读不出运行清单：{reason}。", "运行目录须有 manifest.json。", "给出一次运行的目录，或先执行 run。"),
        (
            "The manifest of the run cannot be read: {reason}.",
            "A run's folder holds a manifest.json.",
            "Name the folder of a run, or run first.",
        ),
    ),
    "run.pack_changed": message(
        (
            "政策包 {pack} 的内容与运行时不同（版本 {versions}）。",
            "重算须用当时的政策包。",
            "恢复当时的版本，或作为新的运行比较两者。",
        ),
        (
            "The policy pack {pack} is not the one the run used (version {versions}).",
            "Recomputing needs the pack of that time.",
            "Restore that version, or make a new run and compare the two.",
        ),
    ),
    "run.snapshot_changed": message(
        ("快照 {snapshot} 的内容与运行时不同。", "重算须用当时的快照。", "恢复当时的快照，或作为新的运行比较两者。"),
        (
            "The snapshot {snapshot} is not the one the run used.",
            "Recomputing needs the snapshot of that time.",
            "Restore that snapshot, or make a new run and compare the two.",
        ),
    ),
    "run.result_differs": message(
        (
            "重算的 {table} 与保存的不同：{rows}。",
            "同一政策包、同一快照须得同一结果。",
            "检查该表是否被改，或产品版本是否不同。",
        ),
        (
            "The recomputed {table} differs from the stored one: {rows}.",
            "The same pack and snapshot must give the same result.",
            "Check whether the table was changed, or the product's version differs.",
        ),
    ),
    "run.result_unknown": message(
        ("没有名为“{name}”的结果。", "结果写作 表/代码/对象/时期，如 {example}。", "用 run 的清单查名称{nearest}。"),
        (
            "There is no result “{name}”.",
            "A result is written table/code/subject/period, such as {example}.",
            "Look the name up in the run{nearest}.",
        ),
    ),
    "run.parameter_unknown": message(
        ("没有名为“{name}”的参数。", "只能改政策包声明的参数。", "改为已声明的参数{nearest}。"),
        (
            "There is no parameter “{name}”.",
            "Only parameters the pack declares can be changed.",
            "Use a declared parameter {nearest}.",
        ),
    ),
    "run.parameter_value": message(
        ("参数 {name} 不能取“{value}”。", "参数值须与政策包声明的类型一致。", "可写：{wanted}。"),
        (
            "The parameter {name} cannot be “{value}”.",
            "A value must be of the type the pack declares.",
            "Write one of this kind: {wanted}.",
        ),
    ),
    "run.mixed_origin": message(
        (
            "{count} 个指标值把真实记录与合成记录算在了一起，如 {names}。",
            "真实与合成的记录不得合成一个数。",
            "删除其一，或在快照中分开。",
        ),
        (
            "{count} indicator values mix real and synthetic records, such as {names}.",
            "Real and synthetic records may not be mixed in one figure.",
            "Remove one kind, or freeze them apart.",
        ),
    ),
    "run.scheme_incomplete": message(
        (
            "评价办法 {scheme} 未运行：{parts}。",
            "公开文本缺少权重或算法的办法不得运行。",
            "补齐所缺部分，并注明是自选。",
        ),
        (
            "The scheme {scheme} was not run: {parts}.",
            "A scheme whose published text lacks weights or formulas does not run.",
            "Supply what is missing and mark it as chosen.",
        ),
    ),
    "run.scheme_without_data": message(
        ("评价办法 {scheme} 在 {period} 没有可评的对象。", "评价需要对象和指标值。", "检查对象集合与快照。"),
        (
            "The scheme {scheme} has nothing to assess in {period}.",
            "An assessment needs subjects and indicator values.",
            "Check the population and the snapshot.",
        ),
    ),
    "example.failed": message(
        ("算例“{name}”：{what} 应为 {expected}，得到 {found}。", "算例是政策包的测试。", "改算例或改所测的声明。"),
        (
            "Example “{name}”: {what} should be {expected}, found {found}.",
            "Examples are the pack's tests.",
            "Correct the example or the declaration it tests.",
        ),
    ),
    "example.broken": message(
        ("算例“{name}”无法运行：{reason}。", "算例须指明对象、事实与期望。", "按格式补全算例。"),
        (
            "Example “{name}” cannot run: {reason}.",
            "An example names what it tests, facts and expectations.",
            "Complete the example as the format says.",
        ),
    ),
}
