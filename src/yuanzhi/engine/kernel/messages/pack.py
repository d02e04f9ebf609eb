"""Wording of problems found while packs are read and composed."""

from yuanzhi.engine.kernel.messages import Message, message

MESSAGES: dict[str, Message] = {
    "yaml.syntax": message(
        ("YAML 写法有误：{reason}。", "文件须是合法的 YAML。", "检查该行及上一行的缩进、冒号、引号和括号。"),
        (
            "This is no valid YAML: {reason}.",
            "A file must be valid YAML.",
            "Check indentation, colons, quotes and brackets on this line and the one before.",
        ),
    ),
    "yaml.alias": message(
        ("用了别名 *{name}。", "政策包不用锚点和别名，每处写全。", "把内容照写一遍，或改用参数。"),
        (
            "The alias *{name} is used.",
            "Packs use no anchors and aliases; everything is written out.",
            "Write the content out, or use a parameter.",
        ),
    ),
    "yaml.anchor": message(
        ("用了锚点 &{name}。", "政策包不用锚点和别名，每处写全。", "删去锚点；以 & 开头的文字加引号。"),
        (
            "The anchor &{name} is used.",
            "Packs use no anchors and aliases; everything is written out.",
            "Remove the anchor; put text that begins with & in quotes.",
        ),
    ),
    "yaml.tag": message(
        ("用了类型标签 {name}。", "值的类型由格式决定，不得另加标签。", "删去标签；以 ! 开头的文字加引号。"),
        (
            "The tag {name} is used.",
            "The format decides the type of a value; tags are not allowed.",
            "Remove the tag; put text that begins with ! in quotes.",
        ),
    ),
    "yaml.merge": message(
        ("用了合并键 <<。", "政策包不用合并，每处写全。", "把要合并的内容照写一遍。"),
        (
            "The merge key << is used.",
            "Packs use no merging; everything is written out.",
            "Write out what was to be merged.",
        ),
    ),
    "yaml.several_documents": message(
        ("文件里有不止一个 YAML 文档。", "一个文件只写一个文档。", "删去中间的 --- 行，或分成几个文件。"),
        (
            "The file holds more than one YAML document.",
            "A file holds one document.",
            "Remove the --- line in between, or use several files.",
        ),
    ),
    "yaml.too_deep": message(
        ("嵌套超过 {deepest} 层。", "政策包的嵌套不得过深。", "检查缩进是否有误，或拆分内容。"),
        (
            "This is nested more than {deepest} levels deep.",
            "Packs may not be nested that deep.",
            "Check the indentation, or split the content.",
        ),
    ),
    "yaml.key_not_text": message(
        ("键是列表或映射。", "键须是文字。", "改用文字作键；以 [ 或 {{ 开头的文字加引号。"),
        (
            "The key is a list or a mapping.",
            "A key must be text.",
            "Use text as the key; put text that begins with [ or {{ in quotes.",
        ),
    ),
    "yaml.key_twice": message(
        ("键“{key}”写了两次，第一次在第 {first} 行。", "同一映射中每个键只写一次。", "合并两处，或改名。"),
        (
            "The key “{key}” is written twice, first on line {first}.",
            "A key stands once in a mapping.",
            "Join the two, or rename one.",
        ),
    ),
    "yaml.no_such_day": message(
        ("没有 {text} 这一天。", "日期写作 2018-01-31，且须存在。", "改正日期。"),
        (
            "There is no day {text}.",
            "A date is written 2018-01-31 and must exist.",
            "Correct the date.",
        ),
    ),
    "yaml.leading_zero": message(
        (
            "{text} 以零开头而没有引号。",
            "别的软件会把它读成八进制或去掉零。",
            "若是代码，写成 '{text}'；若是数，去掉开头的零。",
        ),
        (
            "{text} begins with a zero and has no quotes.",
            "Other software reads it as octal or drops the zero.",
            "Write '{text}' if it is a code, or without the zero if it is a number.",
        ),
    ),
    "yaml.no_number": message(
        ("{text} 不是数。", "无穷和非数不得出现；缺失留空。", "写出数值，或写 null。"),
        (
            "{text} is no number.",
            "Infinity and not-a-number may not occur; what is missing stays empty.",
            "Write the number, or null.",
        ),
    ),
    "yaml.private_use": message(
        (
            "含有专用区字符 {codes}。",
            "专用区字符没有公认含义，多为转换损坏；丢掉它，2.0 可能变成 20。",
            "对照原文改正。",
        ),
        (
            "There is a private-use character {codes}.",
            "Such characters mean nothing by agreement and mostly come from damage; without one, 2.0 can become 20.",
            "Correct it from the source.",
        ),
    ),
    "yaml.full_width_number": message(
        ("“{text}”用了全角数字。", "数值用半角书写，才能读成数。", "写成 {half_width}；若是原文引用，加引号。"),
        (
            "“{text}” has full-width digits.",
            "Numbers are written in half width to be read as numbers.",
            "Write {half_width}; put quotes round it if it quotes the source.",
        ),
    ),
    "schema.name": message(
        ("名称“{name}”不合规则。", "名称用小写英文字母开头，只含小写字母、数字和下划线。", "改名，中文名写在 label。"),
        (
            "The name “{name}” does not fit.",
            "A name begins with a lower-case letter and has only lower-case letters, digits and underscores.",
            "Rename it; the Chinese name goes into label.",
        ),
    ),
    "schema.unknown_key": message(
        ("不认识键“{key}”。", "此处可写：{known}。", "最接近的是 {nearest}。"),
        ("Unknown key “{key}”.", "Here may stand: {known}.", "The nearest is {nearest}."),
    ),
    "schema.comma_in_text": message(
        ("“{key}”成了一个没有值的键。", "花括号里的逗号分隔各项，文字含逗号时须加引号。", "给整段文字加引号。"),
        (
            "“{key}” has become a key without a value.",
            "A comma in braces parts the entries; text with a comma needs quotes.",
            "Put the whole text in quotes.",
        ),
    ),
    "schema.unknown_section": message(
        ("不认识章节“{key}”。", "文件由这些章节组成：{known}。", "最接近的是 {nearest}。"),
        ("Unknown section “{key}”.", "A file is made of these sections: {known}.", "The nearest is {nearest}."),
    ),
    "schema.missing_key": message(
        ("缺少“{key}”。", "此处必须写它。", "补上 {key}。"),
        ("“{key}” is missing.", "It must be written here.", "Add {key}."),
    ),
    "schema.choice": message(
        ("“{found}”不在可选之列。", "可选：{options}。", "最接近的是 {nearest}。"),
        ("“{found}” is not one of the choices.", "The choices are: {options}.", "The nearest is {nearest}."),
    ),
    "schema.type": message(
        ("这里是“{found}”。", "此处须为 {expected}。", "改成该类型；数不加引号、不带单位和百分号。"),
        (
            "Here stands “{found}”.",
            "This must be: {expected}.",
            "Change it; numbers go without quotes, units and percent signs.",
        ),
    ),
    "schema.length": message(
        ("列表有 {found} 项。", "此处须为 {expected} 项。", "补齐或删去。"),
        ("The list has {found} items.", "There must be {expected}.", "Add or remove items."),
    ),
    "schema.form": message(
        ("“{found}”写法不对。", "须符合 {expected}。", "按此写法填写。"),
        ("“{found}” is not written as it should be.", "It must match {expected}.", "Write it in this form."),
    ),
    "pack.no_files": message(
        ("文件夹 {folder} 里没有 YAML 文件。", "政策包是一个文件夹，内有 *.yaml。", "检查路径。"),
        (
            "The folder {folder} holds no YAML files.",
            "A pack is a folder with *.yaml files.",
            "Check the path.",
        ),
    ),
    "pack.no_identity": message(
        (
            "政策包 {folder} 没有 pack 章节。",
            "每个政策包须有一处 pack，写明代码、版本、标题和制定机关。",
            "在 pack.yaml 中补上。",
        ),
        (
            "The pack {folder} has no section pack.",
            "Every pack has one section pack with code, version, title and issuer.",
            "Add it in pack.yaml.",
        ),
    ),
    "pack.identity_twice": message(
        ("pack 章节出现两次，第一次在 {first}。", "一个政策包只有一处 pack。", "删去其一。"),
        ("The section pack stands twice, first at {first}.", "A pack has one section pack.", "Remove one."),
    ),
    "pack.no_mapping": message(
        ("文件不是章节的映射。", "文件由“章节: 内容”组成。", "参照已有的包书写。"),
        (
            "The file is no mapping of sections.",
            "A file is made of “section: content”.",
            "Write it like an existing pack.",
        ),
    ),
    "pack.declared_twice": message(
        ("{name} 声明了两次，第一次在 {first}。", "同一章节可分多个文件，但代码不得重复。", "删去其一，或改名。"),
        (
            "{name} is declared twice, first at {first}.",
            "A section may span files, but a code stands once.",
            "Remove one, or rename it.",
        ),
    ),
    "pack.file_outside": message(
        ("文件 {file} 在政策包之外。", "政策包只引用自己文件夹里的文件。", "把文件移入政策包。"),
        (
            "The file {file} is outside the pack.",
            "A pack refers only to files in its own folder.",
            "Move the file into the pack.",
        ),
    ),
    "pack.file_missing": message(
        ("找不到文件 {file}。", "路径从政策包的文件夹算起。", "最接近的是 {nearest}。"),
        (
            "The file {file} is not there.",
            "Paths start from the pack's folder.",
            "The nearest is {nearest}.",
        ),
    ),
    "pack.csv_columns": message(
        ("{file} 缺少列 {missing}，或没有数据。", "代码表须有 code、zh 列，日历须有 day、is_off 列。", "补上表头。"),
        (
            "{file} lacks the columns {missing}, or holds no data.",
            "A code list has the columns code and zh, a calendar day and is_off.",
            "Add the header.",
        ),
    ),
    "pack.file_large": message(
        ("文件有 {bytes} 字节。", "政策包的单个文件不超过 20 MB。", "拆分文件；数据不放在政策包里。"),
        (
            "The file has {bytes} bytes.",
            "A file of a pack has at most 20 MB.",
            "Split it; data do not belong in a pack.",
        ),
    ),
    "pack.encoding": message(
        ("文件不是 UTF-8，可能是 {encoding}。", "政策包的文件一律用 UTF-8，不作猜测。", "用编辑器另存为 UTF-8。"),
        (
            "The file is not UTF-8; it may be {encoding}.",
            "Files of a pack are UTF-8; nothing is guessed.",
            "Save it as UTF-8.",
        ),
    ),
    "pack.extends_itself": message(
        ("政策包互相继承：{chain}。", "继承不得成环。", "去掉其中一处 extends。"),
        ("Packs extend each other: {chain}.", "Extension may not go in a circle.", "Remove one of the extends."),
    ),
    "pack.not_found": message(
        (
            "找不到政策包“{pack}”。",
            "政策包的文件夹与其代码同名，放在工作区的 packs 或产品自带的包中。",
            "最接近的是 {nearest}。",
        ),
        (
            "There is no pack “{pack}”.",
            "A pack's folder has the name of its code and lies in the workspace's packs or among the shipped ones.",
            "The nearest is {nearest}.",
        ),
    ),
    "pack.folder_name": message(
        ("文件夹叫 {folder}，包的代码是 {code}。", "文件夹与代码须同名。", "改其中一个。"),
        (
            "The folder is called {folder}, the pack {code}.",
            "Folder and code have the same name.",
            "Change one of them.",
        ),
    ),
    "codes.twice": message(
        ("代码 {code} 出现两次。", "代码表中每个代码一行。", "删去其一；更名的旧名写成属性。"),
        (
            "The code {code} stands twice.",
            "A code list has one line for each code.",
            "Remove one; a former name goes into an attribute.",
        ),
    ),
    "codes.empty": message(
        ("这一行没有代码{code}。", "代码表每行须有代码。", "补上代码或删去该行。"),
        ("This line has no code{code}.", "Every line of a code list has a code.", "Add the code or remove the line."),
    ),
    "codes.unreadable": message(
        ("代码 {code} 的层级或日期读不出：{found}。", "level 为整数，from、to 写作 2018-01-31。", "改正该行。"),
        (
            "Level or dates of the code {code} cannot be read: {found}.",
            "level is a whole number, from and to are written 2018-01-31.",
            "Correct the line.",
        ),
    ),
    "calendar.unreadable": message(
        ("日历这一行读不出：{day}，{is_off}。", "day 写作 2018-01-31，is_off 为 1（休）或 0（班）。", "改正该行。"),
        (
            "This line of the calendar cannot be read: {day}, {is_off}.",
            "day is written 2018-01-31, is_off is 1 (off) or 0 (worked).",
            "Correct the line.",
        ),
    ),
    "unit.factor": message(
        ("换算系数“{text}”读不出或不大于零。", "系数写成精确的数或分数，如 2000/3。", "改正系数。"),
        (
            "The factor “{text}” cannot be read or is not above zero.",
            "A factor is an exact number or fraction such as 2000/3.",
            "Correct the factor.",
        ),
    ),
    "figure.unknown": message(
        ("没有数字“{figure}”。", "figure 须指向本包 figures 中的一条。", "最接近的是 {nearest}。"),
        (
            "There is no figure “{figure}”.",
            "figure names an entry under figures of the same pack.",
            "The nearest is {nearest}.",
        ),
    ),
    "figure.no_single_value": message(
        ("数字“{figure}”没有单一的值。", "区间或未写明的数字不能直接用作取值。", "另写 value，区间分成上下两个参数。"),
        (
            "The figure “{figure}” has no single value.",
            "A range, or a figure that states none, cannot serve as the value.",
            "Write value; make two parameters of a range.",
        ),
    ),
    "parameter.no_basis": message(
        (
            "参数 {parameter} 没有写依据性质。",
            "每个取值须标明原文规定（stated）、自选（chosen）或空缺（missing）。",
            "加上 basis。",
        ),
        (
            "The parameter {parameter} does not say its basis.",
            "Every value is stated by the text, chosen by the author, or missing.",
            "Add basis.",
        ),
    ),
    "compose.pack_twice": message(
        ("政策包 {pack} 给了两次。", "每个包只用一次。", "去掉其一。"),
        ("The pack {pack} is given twice.", "A pack is used once.", "Remove one."),
    ),
    "compose.base_missing": message(
        ("政策包 {pack} 继承 {base}，但它不在其前。", "上级包须先给出。", "加入该包，或改名；最接近的是 {nearest}。"),
        (
            "The pack {pack} extends {base}, which does not come before it.",
            "A base pack comes first.",
            "Add it, or correct the name; the nearest is {nearest}.",
        ),
    ),
    "compose.conflict": message(
        (
            "{name} 有两个互相矛盾的规定：{first} 为 {first_value}（{place}），{second} 为 {second_value}。",
            "互不继承的两个包不得对同一参数给出不同的值，也不作默认取舍。",
            "由有权机关明确适用哪一条，或在下级包中用 overrides 写明。",
        ),
        (
            "{name} has two contradicting values: {first} says {first_value} ({place}), {second} says {second_value}.",
            "Packs that do not extend each other may not give one parameter two values; nothing is chosen silently.",
            "Have the authority say which applies, or say it with overrides in a pack that extends both.",
        ),
    ),
    "compose.declared_twice": message(
        (
            "{name} 在两个包里都声明了：{first}（{place}）和 {second}。",
            "下级包只能用 overrides 改写参数；其他声明不得重名。",
            "改名，或对参数写 overrides。",
        ),
        (
            "{name} is declared in two packs: {first} ({place}) and {second}.",
            "A pack may override parameters with overrides; other declarations need their own names.",
            "Rename it, or write overrides for a parameter.",
        ),
    ),
    "override.wrong_pack": message(
        ("参数 {name} 写明改写 {named}，实际由 {actual} 规定。", "overrides 须写规定原值的包。", "改为 {actual}。"),
        (
            "The parameter {name} says it overrides {named}; the value comes from {actual}.",
            "overrides names the pack that has the value.",
            "Write {actual}.",
        ),
    ),
    "override.not_extended": message(
        ("包 {pack} 改写了 {base} 的参数 {name}，但没有继承它。", "只有继承者可以改写。", "在 extends 中加上 {base}。"),
        (
            "The pack {pack} overrides {name} of {base} without extending it.",
            "Only a pack that extends another may override it.",
            "Add {base} to extends.",
        ),
    ),
    "override.unit": message(
        ("参数 {name} 改写后的单位是 {unit}，原单位是 {base_unit}。", "改写不得换单位。", "换算成 {base_unit}。"),
        (
            "The overridden parameter {name} is in {unit}, the original in {base_unit}.",
            "An override keeps the unit.",
            "Convert the value to {base_unit}.",
        ),
    ),
    "override.nothing": message(
        ("参数 {name} 写明改写 {base}，但那里没有它。", "只能改写已有的参数。", "最接近的是 {nearest}。"),
        (
            "The parameter {name} says it overrides {base}, which has none of this name.",
            "Only an existing parameter can be overridden.",
            "The nearest is {nearest}.",
        ),
    ),
}
