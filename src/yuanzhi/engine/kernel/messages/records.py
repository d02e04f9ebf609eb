"""Wording of problems found in records: register, returns, imports, snapshots."""

from yuanzhi.engine.kernel.messages import Message, message

_FILES: dict[str, Message] = {
    "workspace.unreadable": message(
        (
            "读不出工作区的 workspace.yaml：{reason}。",
            "工作区是含 workspace.yaml 的文件夹。",
            "给出工作区的文件夹，或先用 init 建立。",
        ),
        (
            "The workspace.yaml cannot be read: {reason}.",
            "A workspace is a folder with a workspace.yaml.",
            "Name the folder of a workspace, or set one up with init.",
        ),
    ),
    "workspace.packs": message(
        (
            "workspace.yaml 的 packs 不是代码的列表。",
            "packs 按顺序列出有效政策包的代码，基础包在前。",
            "改为列表，如 packs: [cn-base, …]。",
        ),
        (
            "packs in workspace.yaml is no list of codes.",
            "packs lists the codes of the packs in force, base packs first.",
            "Write a list, such as packs: [cn-base, …].",
        ),
    ),
    "snapshot.unreadable": message(
        ("读不出快照清单：{reason}。", "快照是含 manifest.json 的文件夹。", "给出快照的文件夹，或先执行 freeze。"),
        (
            "The manifest of the snapshot cannot be read: {reason}.",
            "A snapshot is a folder with a manifest.json.",
            "Name the folder of a snapshot, or freeze first.",
        ),
    ),
    "snapshot.manifest_changed": message(
        ("快照清单与其自身的哈希不符。", "清单写成后不得改动。", "从备份恢复，或重新冻结。"),
        (
            "The manifest of the snapshot differs from its own hash.",
            "A manifest may not be changed once written.",
            "Restore it from a copy, or freeze again.",
        ),
    ),
    "snapshot.file_missing": message(
        ("快照文件 {file} 不在。", "快照须含清单所列的每一个文件。", "从备份恢复，或重新冻结。"),
        (
            "The file {file} of the snapshot is not there.",
            "A snapshot holds every file its manifest lists.",
            "Restore it from a copy, or freeze again.",
        ),
    ),
    "snapshot.file_changed": message(
        ("快照文件 {file} 的内容与清单的哈希不符。", "冻结的数据一个字节也不得改动。", "从备份恢复，或重新冻结。"),
        (
            "The file {file} of the snapshot differs from the hash in the manifest.",
            "Not one byte of frozen records may be changed.",
            "Restore it from a copy, or freeze again.",
        ),
    ),
    "snapshot.rows_differ": message(
        ("有 {found} 行，清单为 {expected} 行。", "行数须与清单一致。", "查明增减的行，从备份恢复。"),
        (
            "It has {found} rows; the manifest says {expected}.",
            "The number of rows must be that of the manifest.",
            "Find the rows added or lost and restore from a copy.",
        ),
    ),
    "snapshot.columns_differ": message(
        ("列与清单不同：{columns}。", "列名和类型须与清单一致。", "从备份恢复，或重新冻结。"),
        (
            "Columns differ from the manifest: {columns}.",
            "Names and types of columns must be those of the manifest.",
            "Restore it from a copy, or freeze again.",
        ),
    ),
    "snapshot.file_added": message(
        ("快照中多出清单没有的文件：{files}。", "快照只含清单所列的文件。", "移走这些文件。"),
        (
            "Files the manifest does not list: {files}.",
            "A snapshot holds only what its manifest lists.",
            "Move these files elsewhere.",
        ),
    ),
    "records.key_column_missing": message(
        ("缺少列 {column}。", "报表文件须有对象、报告期、起止日期、状态和记录时间各列。", "补上该列。"),
        (
            "The column {column} is not there.",
            "A file of returns has subject, period, its days, status and time of recording.",
            "Add the column.",
        ),
    ),
    "records.column_type": message(
        ("列 {column} 的类型是 {found}，应为 {expected}。", "冻结不得舍去数位。", "按报表的类型和小数位写该列。"),
        (
            "The column {column} has type {found} instead of {expected}.",
            "Freezing may not lose digits.",
            "Write the column with the form's type and scale.",
        ),
    ),
    "records.out_of_bounds": message(
        ("{item} 为 {value}，超出 {least} 至 {most}。", "数值须在报表声明的范围内。", "核对单位与数位，更正后重报。"),
        (
            "{item} is {value}, outside {least} to {most}.",
            "Values lie within the bounds the form declares.",
            "Check unit and digits and report it anew.",
        ),
    ),
    "records.column_unknown": message(
        (
            "列 {column} 不是报表 {form} 的指标。",
            "文件的每一列须是报表的指标。",
            "改列名（最接近：{nearest}），或在报表中声明。",
        ),
        (
            "The column {column} is no item of the form {form}.",
            "Every column of a file must be an item of the form.",
            "Rename it (nearest: {nearest}), or declare it in the form.",
        ),
    ),
}

_REGISTER: dict[str, Message] = {
    "register.opened_twice": message(
        (
            "{subject} 自 {since} 起已存在，又于 {valid} {event}。",
            "一个对象在撤销之前只能设立一次。",
            "改用 described 补充属性，或撤回多余的事件。",
        ),
        (
            "{subject} has existed since {since} and is {event} again on {valid}.",
            "A subject begins once until it ends.",
            "Use described to add attributes, or withdraw the event that is too many.",
        ),
    ),
    "register.not_living": message(
        (
            "{valid} 的事件 {event} 所指的 {subject} 当日不存在。",
            "事件只能发生在已设立且未撤销的对象上。",
            "补记设立事件，或更正日期与代码。",
        ),
        (
            "The event {event} of {valid} concerns {subject}, which does not exist on that day.",
            "Events happen to subjects that have begun and not ended.",
            "Add the founding, or correct day and code.",
        ),
    ),
    "register.core_not_living": message(
        (
            "{subject} 于 {valid} 并入的“{core}”当日不存在，或就是它自己。",
            "合并须指明一个存在的核心对象。",
            "更正并入的对象。",
        ),
        (
            "{subject} is to be merged on {valid} into “{core}”, which does not exist on that day or is itself.",
            "A merger names a core that exists.",
            "Correct the subject it is merged into.",
        ),
    ),
    "register.shares_off": message(
        ("{subject} 于 {valid} 分立，各部分份额合计为 {total}。", "分立须列出各部分，份额合计为 1。", "更正份额。"),
        (
            "{subject} is split on {valid} into shares that sum to {total}.",
            "A split names its parts with shares that sum to one.",
            "Correct the shares.",
        ),
    ),
    "register.parts_unreadable": message(
        ("“{text}”读不出并入或分立的对象（{item}）。", "写作 代码，或 代码:份额;代码:份额。", "按此写法填写。"),
        (
            "“{text}” does not say what it goes into ({item}).",
            "Write a code, or code:share;code:share.",
            "Write it so.",
        ),
    ),
    "register.type_differs": message(
        ("{subject} 有两种对象类型：{types}。", "一个代码只能属于一种对象。", "改其中一个的代码。"),
        (
            "{subject} has two types: {types}.",
            "A code belongs to one type of subject.",
            "Give one of them another code.",
        ),
    ),
    "register.type_missing": message(
        ("{subject} 没有对象类型。", "设立或登记时须写明对象类型，如 park、enterprise。", "补上 subject_type。"),
        (
            "{subject} has no type.",
            "What is founded or registered is of a type, such as park or enterprise.",
            "Give its subject_type.",
        ),
    ),
    "register.attribute_ignored": message(
        (
            "{subject} 于 {valid} 的事件 {event} 带有 {names}，未予采用。",
            "每种事件只设定它自己的属性。",
            "另记一个设定这些属性的事件。",
        ),
        (
            "The event {event} of {subject} on {valid} carries {names}, which was not used.",
            "Each kind of event sets its own attributes only.",
            "Record another event that sets them.",
        ),
    ),
    "register.reference_unknown": message(
        (
            "{count} 个对象的 {reference} 写为“{written}”，如 {subjects}，登记中没有它。",
            "所属对象须在登记中。",
            "登记它，或更正代码（最接近：{nearest}）。",
        ),
        (
            "{count} subjects name “{written}” as their {reference}, "
            "such as {subjects}; the register has no such subject.",
            "What a subject belongs to must be in the register.",
            "Register it, or correct the code (nearest: {nearest}).",
        ),
    ),
    "register.territory_unknown": message(
        (
            "{count} 个对象的行政区划写为“{written}”，如 {subjects}，区划代码表中没有它。",
            "行政区划用六位代码。",
            "更正代码（最接近：{nearest}）。",
        ),
        (
            "{count} subjects are placed in “{written}”, such as {subjects}; the list of divisions has no such code.",
            "Territories are written as codes of six digits.",
            "Correct the code (nearest: {nearest}).",
        ),
    ),
    "register.withdrawn_unknown": message(
        ("撤回的事件“{withdraws}”不在登记中。", "只能撤回已记录的事件。", "更正事件编号。"),
        (
            "The event “{withdraws}” to be withdrawn is not in the register.",
            "Only a recorded event can be withdrawn.",
            "Correct its id.",
        ),
    ),
    "register.id_twice": message(
        ("事件编号“{id}”用了 {count} 次。", "事件编号不得重复。", "改为不同的编号。"),
        ("The event id “{id}” is used {count} times.", "Event ids are unique.", "Give each event its own."),
    ),
    "register.left_behind": message(
        (
            "{subject} 于 {valid} 分立，{count} 个所属对象未指明去向，如 {subjects}，归入 {part}。",
            "未另行迁移的归入所列的第一部分。",
            "逐一记录迁移事件，或确认归属。",
        ),
        (
            "{subject} was split on {valid}; {count} of its subjects, "
            "such as {subjects}, were given no part and went to {part}.",
            "What is not moved goes to the part named first.",
            "Record where each moved, or confirm.",
        ),
    ),
}

_SHEETS: dict[str, Message] = {
    "import.unreadable": message(
        ("读不出文件：{reason}。", "文件须存在且可读。", "检查路径与权限。"),
        ("The file cannot be read: {reason}.", "A file must exist and be readable.", "Check path and rights."),
    ),
    "import.not_a_table": message(
        ("文件不是表格。", "可导入 CSV 与 Excel 工作簿。", "另存为 CSV 或 xlsx。"),
        ("The file is no table.", "CSV files and Excel workbooks can be imported.", "Save it as CSV or xlsx."),
    ),
    "import.csv_broken": message(
        ("CSV 格式有误：{reason}。", "引号须成对。", "在电子表格中打开并重新保存。"),
        (
            "The CSV is broken: {reason}.",
            "Quotation marks come in pairs.",
            "Open it in a spreadsheet and save it again.",
        ),
    ),
    "import.damaged_text": message(
        (
            "第 {line} 行起有无法解码的字符。",
            "文件须为 UTF-8 或 GB 18030。",
            "从原系统重新导出；受损的单元格另行列出。",
        ),
        (
            "From line {line} on there are characters that cannot be decoded.",
            "A file is written in UTF-8 or GB 18030.",
            "Export it again; damaged cells are listed apart.",
        ),
    ),
    "import.decoded": message(
        (
            "文件按 {encoding} 读取。",
            "不是 UTF-8 的文件按 GB 18030 读取，它包含 GBK。",
            "若名称显示不对，另存为 UTF-8。",
        ),
        (
            "The file was read as {encoding}.",
            "What is not UTF-8 is read as GB 18030, which contains GBK.",
            "If names look wrong, save the file as UTF-8.",
        ),
    ),
    "import.workbook_unreadable": message(
        ("读不出工作簿：{reason}。", "工作簿须未加密且完整。", "去掉密码，或在电子表格中打开并重新保存。"),
        (
            "The workbook cannot be read: {reason}.",
            "A workbook must be whole and without a password.",
            "Remove the password, or open it in a spreadsheet and save it again.",
        ),
    ),
    "import.sheet_hidden": message(
        ("隐藏的工作表未读取。", "只导入可见的工作表。", "如需导入，取消隐藏。"),
        ("A hidden sheet was not read.", "Only visible sheets are imported.", "Show it if it is to be imported."),
    ),
    "import.no_head": message(
        ("找不到表头。", "前三十行中须有写着报表 {form} 各列名称的一行。", "检查列名，或用 aliases 指明。"),
        (
            "No head was found.",
            "One of the first thirty lines must name columns of the form {form}.",
            "Check the names of the columns, or give aliases.",
        ),
    ),
    "import.no_subject_column": message(
        ("没有说明填报对象的列。", "须有代码、统一社会信用代码或名称一列。", "补上该列，或用 aliases 指明。"),
        (
            "No column says whose the rows are.",
            "A column gives the code, the credit code or the name.",
            "Add one, or give an alias.",
        ),
    ),
    "import.no_period": message(
        ("找不到报告期。", "报告期写在列中、标题中，或导入时指明。", "补上报告期，或在导入时给出。"),
        (
            "No reference period was found.",
            "The period stands in a column or the title, or is given with the import.",
            "Add it, or give it with the import.",
        ),
    ),
    "import.column_unknown": message(
        (
            "列“{title}”不是报表 {form} 的指标，未采用。",
            "列名须是指标的代码或名称。",
            "改列名或用 aliases 指明（最接近：{nearest}）。",
        ),
        (
            "The column “{title}” is no item of the form {form} and was not taken.",
            "A column is called by an item's code or label.",
            "Rename it or give an alias (nearest: {nearest}).",
        ),
    ),
    "import.column_twice": message(
        ("{cells} 都像是 {item}，均未采用。", "一个指标只能有一列。", "改其中一列的名称。"),
        (
            "{cells} all look like {item}; none was taken.",
            "An item has one column.",
            "Rename the others.",
        ),
    ),
    "import.column_missing": message(
        ("没有“{label}”（{item}）一列，各行按缺失处理。", "缺失不是零。", "如有数据，补上该列。"),
        (
            "There is no column “{label}” ({item}); it is missing in every row.",
            "Missing is not zero.",
            "Add the column if there are data.",
        ),
    ),
    "import.unit_dimension": message(
        (
            "列“{title}”以“{unit}”计，而 {item} 以“{expected}”计，二者不可换算，该列未采用。",
            "单位须与指标同类。",
            "更正表头的单位，或改用正确的列。",
        ),
        (
            "The column “{title}” is in {unit}, but {item} is in "
            "{expected}, which it cannot be converted to; not taken.",
            "A unit must be of the item's kind.",
            "Correct the unit in the head, or use the right column.",
        ),
    ),
    "import.unit_converted": message(
        (
            "列“{title}”以“{unit}”计，已按 {factor} 倍精确换算为“{expected}”（{item}）。",
            "表头写明单位的按该单位换算。",
            "若表头的单位写错，更正后重新导入。",
        ),
        (
            "The column “{title}” is in {unit} and was converted to {expected} exactly, by {factor} ({item}).",
            "What states its unit is converted from it.",
            "If the head states the wrong unit, correct it and import again.",
        ),
    ),
    "import.recorded_unknown": message(
        (
            "文件没有说明何时报送，各行自报告期次日起计入。",
            "每一行须有记录时间。",
            "加“填报日期”一列，或在文件名前写上日期。",
        ),
        (
            "The file does not say when it was reported; its rows count from the day after their period.",
            "Every row has a time of recording.",
            "Add a column recorded, or begin the file name with the date.",
        ),
    ),
    "import.source_unstated": message(
        ("外部结果没有逐行写明出处，以“{source}”代之。", "别处作出的结果须写明由谁、在哪里作出。", "加“来源”一列。"),
        (
            "Results made elsewhere do not say where in every row; “{source}” stands in.",
            "A result made elsewhere says who made it and where it stands.",
            "Add a column source.",
        ),
    ),
    "import.total_row": message(
        ("合计行未作为报表：{text}。", "合计由各行算出。", "无须处理。"),
        ("A line of totals is no return: {text}.", "Totals are computed from the rows.", "Nothing to do."),
    ),
    "import.note_row": message(
        ("说明行未作为报表：{text}。", "表下的说明不是数据。", "无须处理。"),
        ("A line of notes is no return: {text}.", "Notes below a table are no data.", "Nothing to do."),
    ),
    "import.head_row": message(
        ("重复的表头未作为报表：{text}。", "表头在表中只有一次。", "无须处理。"),
        ("A repeated head is no return: {text}.", "A table has one head.", "Nothing to do."),
    ),
    "import.total_differs": message(
        ("{item} 的合计写为 {stated}，其上各行之和为 {total}。", "合计须等于各行之和。", "核对缺行、重行或单位。"),
        (
            "The total of {item} is stated as {stated}, but the rows above sum to {total}.",
            "A total equals the sum of its rows.",
            "Look for rows missing, doubled or in another unit.",
        ),
    ),
}

_ROWS: dict[str, Message] = {
    "import.subject_blank": message(
        ("没有填报对象。", "每一行须写明代码、信用代码或名称。", "补上填报对象。"),
        ("The row says nobody.", "Every row gives a code, credit code or name.", "Fill it in."),
    ),
    "import.subject_unknown": message(
        ("登记中没有“{subject}”，该行暂存。", "填报对象须已登记。", "先登记，或更正（最接近：{nearest}）。"),
        (
            "The register has no “{subject}”; the row is held back.",
            "Whoever reports must be registered.",
            "Register it first, or correct it (nearest: {nearest}).",
        ),
    ),
    "import.subject_ambiguous": message(
        ("名称“{subject}”属于几个对象：{nearest}，该行暂存。", "仅凭名称须能确定对象。", "写明代码。"),
        (
            "The name “{subject}” belongs to several: {nearest}; the row is held back.",
            "A name alone must tell who is meant.",
            "Give the code.",
        ),
    ),
    "import.subject_not_living": message(
        ("{subject} 在 {period} 不存在，该行待审核。", "报告期内须已设立且未撤销。", "核对登记的日期，或更正报告期。"),
        (
            "{subject} does not exist in {period}; the row waits for acceptance.",
            "Whoever reports must have begun and not ended in the period.",
            "Check the dates in the register, or correct the period.",
        ),
    ),
    "import.name_differs": message(
        (
            "代码属于 {subject}，名称“{name}”却是 {nearest} 的，该行待审核。",
            "代码与名称须指同一对象。",
            "核对代码与名称。",
        ),
        (
            "The code is that of {subject}, but “{name}” is the name of {nearest}; the row waits for acceptance.",
            "Code and name mean one subject.",
            "Check both.",
        ),
    ),
    "import.credit_check_digit": message(
        (
            "统一社会信用代码 {code} 的校验码应为 {expected}。",
            "末位由前十七位算出（GB 32100）。",
            "核对证照，更正写错的一位。",
        ),
        (
            "The check digit of the credit code {code} should be {expected}.",
            "The last place follows from the seventeen before it (GB 32100).",
            "Compare with the licence and correct the wrong place.",
        ),
    ),
    "import.credit_form": message(
        (
            "“{code}”不是统一社会信用代码。",
            "信用代码为十八位数字或大写字母，不含 I、O、S、V、Z（GB 32100）。",
            "核对证照。",
        ),
        (
            "“{code}” is no unified social credit code.",
            "It has eighteen digits or capital letters without I, O, S, V, Z (GB 32100).",
            "Compare with the licence.",
        ),
    ),
    "import.credit_in_register": message(
        (
            "信用代码“{code}”有误，但对象由登记确定，该行待审核。",
            "信用代码须通过校验（GB 32100）。",
            "更正此处或登记中的代码。",
        ),
        (
            "The credit code “{code}” is wrong, but the register tells who is meant; the row waits for acceptance.",
            "A credit code passes its check (GB 32100).",
            "Correct it here or in the register.",
        ),
    ),
    "import.credit_region": message(
        (
            "信用代码 {code} 的登记机关区划 {region} 不存在，该行待审核。",
            "第三至八位是登记机关的行政区划。",
            "核对证照。",
        ),
        (
            "The credit code {code} names the division {region}, which does not exist; the row waits for acceptance.",
            "Places three to eight are the division of the registering authority.",
            "Compare with the licence.",
        ),
    ),
    "import.period_unreadable": message(
        (
            "“{text}”不是报告期（{frequency}），该行暂存。",
            "报告期写作 2018、2018Q3、2018-07 或 2018年7月。",
            "按上述写法填写。",
        ),
        (
            "“{text}” is no period ({frequency}); the row is held back.",
            "A period is written 2018, 2018Q3, 2018-07 or 2018年7月.",
            "Write it so.",
        ),
    ),
    "import.period_frequency": message(
        (
            "报告期 {period} 的频率不是报表的 {frequency}，该行暂存。",
            "报告期须与报表的频率一致。",
            "更正报告期，或导入到另一张报表。",
        ),
        (
            "The period {period} is not one of the form's frequency, {frequency}; the row is held back.",
            "Periods are of the form's frequency.",
            "Correct the period, or import into another form.",
        ),
    ),
    "import.duplicate_same": message(
        (
            "{subject} 在 {period} 有内容相同的几行（{cells}），取第一行。",
            "一个对象一个报告期只有一行。",
            "删去重复的行。",
        ),
        (
            "{subject} has equal rows for {period} ({cells}); the first was taken.",
            "One subject has one row for a period.",
            "Delete the others.",
        ),
    ),
    "import.duplicate_differs": message(
        (
            "{subject} 在 {period} 有内容不同的几行（{cells}），均暂存。",
            "一个对象一个报告期只有一行。",
            "确定哪一行正确，删去其余。",
        ),
        (
            "{subject} has differing rows for {period} ({cells}); all are held back.",
            "One subject has one row for a period.",
            "Find out which is right and delete the others.",
        ),
    ),
    "import.status_unknown": message(
        ("状态“{text}”未定义，该行暂存。", "状态为 accepted、submitted、estimated 或 rejected。", "改为其中之一。"),
        (
            "The status “{text}” is unknown; the row is held back.",
            "A status is accepted, submitted, estimated or rejected.",
            "Use one of these.",
        ),
    ),
    "import.check_failed": message(
        (
            "{subject} 在 {period} 不满足“{check}”：{formula}。所涉：{facts}。",
            "报表的审核关系须成立。",
            "核对所涉各项，从最可疑的一项开始。",
        ),
        (
            "{subject} fails “{check}” in {period}: {formula}. Involved: {facts}.",
            "The checks of a form must hold.",
            "Check the items involved, the most doubtful first.",
        ),
    ),
}

_HELD = ("该行暂存。", "the row is held back.")


def _refused(found: str, rule: str, remedy: str, en: tuple[str, str, str]) -> Message:
    """A message about a cell for which its row is held back."""
    return message((f"{found}，{_HELD[0]}", rule, remedy), (f"{en[0]}; {_HELD[1]}", en[1], en[2]))


def _noted(found: str, rule: str, remedy: str, en: tuple[str, str, str]) -> Message:
    """A message about what was noticed in several cells of one column, which it names."""
    return message(
        (f"{found}（{{item}}，{{count}} 处：{{cells}}）。", rule, remedy),
        (f"{en[0]} ({{item}}, {{count}} cells: {{cells}}).", en[1], en[2]),
    )


_CELLS: dict[str, Message] = {
    "import.private_use": _refused(
        "“{marked}”含私用区字符",
        "私用区字符在别处没有含义，不能当作不存在：2<U+E010>0 不是 20。",
        "对照原件重新录入。",
        (
            "“{marked}” contains a private-use character",
            "Such a character means nothing elsewhere and may not be dropped: 2<U+E010>0 is not 20.",
            "Type it again from the original.",
        ),
    ),
    "import.damaged_cell": _refused(
        "“{marked}”含受损的字符", "受损的内容无从恢复。", "对照原件重新录入。",
        (
            "“{marked}” contains damaged characters",
            "What is damaged cannot be told.",
            "Type it again from the original.",
        ),
    ),
    "import.number_unreadable": _refused(
        "“{text}”不是数（{item}）", "数写作 1234.5 或 1,234.5，可附已声明的单位。", "更正该单元格。",
        (
            "“{text}” is no number ({item})",
            "A number is written 1234.5 or 1,234.5, with a declared unit if need be.",
            "Correct the cell.",
        ),
    ),
    "import.odd_digits": _refused(
        "“{marked}”含圈码、上标或其他数字符号（{item}）", "只认 0 至 9 和它们的全角形式。", "改为普通数字。",
        (
            "“{marked}” contains digits in circles, raised or of other scripts ({item})",
            "Only 0 to 9 and their full-width forms are digits here.",
            "Write plain digits.",
        ),
    ),
    "import.error_value": _refused(
        "公式出错：{text}（{item}）", "出错的单元格没有值。", "更正公式或直接填写数值。",
        (
            "The formula failed: {text} ({item})",
            "A failed cell has no value.",
            "Correct the formula or enter the value.",
        ),
    ),
    "import.formula_uncomputed": _refused(
        "公式 {text} 没有保存计算结果（{item}）", "文件须含公式的结果。", "在电子表格中打开、重算并保存。",
        (
            "The formula {text} was saved without its value ({item})",
            "A file holds the values of its formulas.",
            "Open it in a spreadsheet, recompute and save.",
        ),
    ),
    "import.date_for_number": _refused(
        "应填数，却是日期 {text}（{item}）", "电子表格会把 1-2 之类变成日期。", "把单元格设为数值并重新填写。",
        (
            "A day, {text}, stands where a number belongs ({item})",
            "Spreadsheets turn entries such as 1-2 into days.",
            "Format the cell as a number and enter it again.",
        ),
    ),
    "import.cell_unit": _refused(
        "“{text}”以“{unit}”计，而 {item} 以“{expected}”计", "单位须与指标同类。", "更正单位或数值。",
        (
            "“{text}” is in {unit}, but {item} is in {expected}",
            "A unit must be of the item's kind.",
            "Correct unit or value.",
        ),
    ),
    "import.out_of_bounds": _refused(
        "{item} 为 {value}，超出 {least} 至 {most}", "数值须在报表声明的范围内。", "核对单位与数位。",
        (
            "{item} is {value}, outside {least} to {most}",
            "Values lie within the bounds the form declares.",
            "Check unit and digits.",
        ),
    ),
    "import.too_large": _refused(
        "“{text}”超过 {digits} 位整数（{item}）", "数值须能按指标的精度精确保存。", "核对单位与数位。",
        (
            "“{text}” has more than {digits} digits before the point ({item})",
            "A value must fit the item exactly.",
            "Check unit and digits.",
        ),
    ),
    "import.merged_number": _refused(
        "数值“{text}”所在的单元格跨行或跨列合并（{item}）",
        "合并的数值可能属于其中一个，也可能属于全部。",
        "拆分单元格，逐个填写。",
        (
            "The number “{text}” stands in merged cells ({item})",
            "A merged number may be that of one of them or of all.",
            "Unmerge the cells and fill in each.",
        ),
    ),
    "import.required": _refused(
        "{item} 未填", "该项必填；缺失不是零。", "补上数值，确为零则填 0。",
        (
            "{item} is blank",
            "The item is obligatory; missing is not zero.",
            "Fill it in; write 0 if it is nothing.",
        ),
    ),
    "import.code_unknown": _refused(
        "“{text}”不在代码表 {list} 中（{item}）", "代码须在代码表中。", "更正（最接近：{nearest}）。",
        (
            "“{text}” is not in the list {list} ({item})",
            "A code must be in its list.",
            "Correct it (nearest: {nearest}).",
        ),
    ),
    "import.code_zeros": _refused(
        "“{text}”不在代码表 {list} 中，像是丢了开头的 0（{item}）",
        "代码是文本，不是数。",
        "写作 {nearest}，单元格设为文本。",
        (
            "“{text}” is not in the list {list}; its leading zeros seem lost ({item})",
            "A code is text, not a number.",
            "Write {nearest} and format the cell as text.",
        ),
    ),
    "import.boolean_unreadable": _refused(
        "“{text}”不是“是”或“否”（{item}）", "写作 是/否、true/false 或 1/0。", "更正该单元格。",
        ("“{text}” is neither yes nor no ({item})", "Write 是/否, true/false or 1/0.", "Correct the cell."),
    ),
    "import.date_unreadable": _refused(
        "“{text}”不是日期（{item}）", "日期写作 2018-07-15 或 2018年7月15日。", "更正该单元格。",
        ("“{text}” is no day ({item})", "A day is written 2018-07-15 or 2018年7月15日.", "Correct the cell."),
    ),
    "import.magnitude": message(
        (
            "{item} 为 {value} {unit}，该对象通常为 {usual}，相差约 {factor} 倍；疑为单位或小数点之误（{suspect}）。",
            "与自身历史相差恰为单位之比的数值须核实。",
            "核对原件：若无误则接受，若有误则更正后重报。",
        ),
        (
            "{item} is {value} {unit}, while this subject usually "
            "has {usual}: about {factor} times, as by a slip of unit "
            "or decimal point ({suspect}).",
            "What differs from a subject's own history by a ratio of units is to be verified.",
            "Compare with the original: accept it if right, else report it anew.",
        ),
    ),
    "import.unusual": message(
        (
            "{item} 为 {value} {unit}，该对象通常为 {usual}，为其 {ratio} 倍。",
            "远超自身历史的数值须核实。",
            "核对原件：若无误则接受，若有误则更正后重报。",
        ),
        (
            "{item} is {value} {unit}, {ratio} times the {usual} this subject usually has.",
            "What is far beyond a subject's own history is to be verified.",
            "Compare with the original: accept it if right, else report it anew.",
        ),
    ),
    "import.bracketed_negative": message(
        (
            "“{text}”按会计写法读作负数（{item}），该行待审核。",
            "括号中的数可能是负数，也可能是注号。",
            "改写为带负号的数。",
        ),
        (
            "“{text}” was read as negative, as accountants write it ({item}); the row waits for acceptance.",
            "A number in brackets may be negative or a footnote.",
            "Write it with a minus sign.",
        ),
    ),
    "import.full_width": _noted(
        "全角数字按半角读取，如“{text}”", "全角与半角数字同值。", "无须处理。",
        ("Full-width digits were read as plain ones, as in “{text}”", "Both have the same value.", "Nothing to do."),
    ),
    "import.invisible": _noted(
        "去掉了不可见字符，如“{text}”", "零宽字符不改变数值。", "无须处理。",
        ("Invisible characters were dropped, as in “{text}”", "They do not change a number.", "Nothing to do."),
    ),
    "import.thousands": _noted(
        "千位分隔符已去掉，如“{text}”", "每三位一分的数无歧义。", "无须处理。",
        ("Thousands separators were dropped, as in “{text}”", "Groups of three are unambiguous.", "Nothing to do."),
    ),
    "import.percent": _noted(
        "百分比格式按所示的值读取，如“{text}”", "显示为 35% 的单元格是 35%。", "无须处理。",
        ("Percentages were read as shown, as in “{text}”", "A cell shown as 35% is 35%.", "Nothing to do."),
    ),
    "import.unit_in_cell": _noted(
        "单元格自带单位，已按该单位换算，如“{text}”", "写明单位的按该单位换算。", "核对单位是否属实。",
        (
            "Cells state their own unit and were converted from it, as in “{text}”",
            "What states its unit is converted from it.",
            "Check that the units are meant.",
        ),
    ),
    "import.rounded": _noted(
        "四舍五入到 {scale} 位小数，如“{text}”", "数值按指标声明的精度保存。", "如需更多位数，在报表中声明。",
        (
            "Rounded half up to {scale} places, as in “{text}”",
            "Values are kept at the scale the item declares.",
            "Declare more places in the form if they matter.",
        ),
    ),
    "import.missing_mark": _noted(
        "“{text}”按缺失处理", "表示没有数据的符号不是零。", "确为零则填 0。",
        ("“{text}” was read as missing", "A sign for no data is not zero.", "Write 0 if it is nothing."),
    ),
    "import.below_unit": _noted(
        "“{text}”表示不足最小单位，按缺失处理", "不足最小单位的数没有写出来，也不是零。", "如有精确数，填写之。",
        (
            "“{text}” means less than the smallest unit and was read as missing",
            "Such a figure is not written, and it is not zero.",
            "Enter the exact figure if there is one.",
        ),
    ),
    "import.code_by_label": _noted(
        "名称已换为代码，如“{text}”", "代码表中唯一的名称等于其代码。", "无须处理。",
        ("Labels were replaced by codes, as “{text}”", "A label of the list stands for its code.", "Nothing to do."),
    ),
    "import.date_serial": _noted(
        "日期序号已读作日期，如“{text}”",
        "电子表格以 1900 年起的天数保存日期。",
        "若文件用 1904 年起算，改为日期格式。",
        (
            "Day numbers were read as days, as “{text}”",
            "Spreadsheets keep days as numbers counted from 1900.",
            "If the file counts from 1904, format the cells as days.",
        ),
    ),
    "import.text_tidied": _noted(
        "去掉了文本中的不可见字符，如“{text}”",
        "零宽字符不改变文本的意思。",
        "无须处理。",
        (
            "Invisible characters were dropped from texts, as in “{text}”",
            "They do not change what a text says.",
            "Nothing to do.",
        ),
    ),
}  # fmt: skip

MESSAGES: dict[str, Message] = {**_FILES, **_REGISTER, **_SHEETS, **_ROWS, **_CELLS}
