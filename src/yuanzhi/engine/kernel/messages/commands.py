"""Wording of problems with what is asked of the command line."""

from yuanzhi.engine.kernel.messages import Message, message

MESSAGES: dict[str, Message] = {
    "command.clause_unknown": message(
        (
            "没有条款“{name}”。",
            "条款写作编号，或 政策包#编号。",
            "最接近的是 {nearest}；coverage --list 列出所有条款。",
        ),
        (
            "There is no clause “{name}”.",
            "A clause is written as its number, or as pack#number.",
            "The nearest is {nearest}; coverage --list shows all of them.",
        ),
    ),
    "command.form_unknown": message(
        ("没有报表“{name}”。", "报表须由施行的政策包声明。", "最接近的是 {nearest}。"),
        ("There is no form “{name}”.", "A form is declared by a pack in force.", "The nearest is {nearest}."),
    ),
    "command.folder_in_use": message(
        ("{folder} 里已有东西；没有改动。", "新建须用空目录，以免盖掉已有的记录。", "另选目录，或先移走它。"),
        (
            "{folder} holds something already; nothing was changed.",
            "A new workspace needs an empty folder, so that no record is written over.",
            "Choose another folder, or move this one away.",
        ),
    ),
    "command.no_snapshot": message(
        ("{folder} 里还没有快照。", "运行以冻结的快照为准。", "先执行 freeze。"),
        ("There is no snapshot in {folder} yet.", "A run rests on a frozen snapshot.", "Freeze first."),
    ),
    "command.years": message(
        ("“{text}”不是年度。", "年度写作 2020 或 2018-2020，前小后大。", "改写年度。"),
        ("“{text}” are no years.", "Years are written 2020 or 2018-2020, the first before the last.", "Write them so."),
    ),
    "command.setting": message(
        ("看不懂设定“{text}”。", "参数设定写作 名称=值。", "如 --set rectify_months=12。"),
        (
            "The setting “{text}” cannot be read.",
            "A parameter is set as NAME=VALUE.",
            "Such as --set rectify_months=12.",
        ),
    ),
    "command.share": message(
        ("“{text}”不是完整率。", "完整率是 0 到 1 的数。", "如 --completeness 0.9。"),
        ("“{text}” is no share.", "A share is a number from 0 to 1.", "Such as --completeness 0.9."),
    ),
    "command.period": message(
        ("“{text}”不是报告期。", "报告期写作 2020、2020Q3、2020-07 或 2020-07-31。", "改写报告期。"),
        ("“{text}” is no period.", "A period is written 2020, 2020Q3, 2020-07 or 2020-07-31.", "Write it so."),
    ),
    "command.taken_before": message(
        ("{file} 的内容先前已收下。", "同一内容只收一次。", "没有改动；更正的文件会另存，不盖掉先前的。"),
        (
            "The content of {file} was taken before.",
            "The same content is taken once.",
            "Nothing was changed; a corrected file is kept beside the earlier one, never in its place.",
        ),
    ),
}
