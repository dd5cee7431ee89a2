"""Rules about the identity number and the student number."""

from __future__ import annotations

from zhixing.kernel.rosters.declarations import Rule

from .conditions import BIRTH, CITIZEN, GOOD_ID, KIND, ON_ROLL, POSSIBLE

GB_11643 = "GB 11643-1999（依据待核）"

IDENTITY_RULES: tuple[Rule, ...] = (
    Rule(
        code="students.id_number_malformed", title="身份证号不合格式", severity="error", column="id_number",
        when="not blank(id_number)",
        flag=f"case when id_shaped(id_number) then false else digits_lost(id_number) or (not id_temporary(id_number) "
             f"and not ({KIND} = '无证件') and ({CITIZEN} or not other_document(id_number))) end",
        message="{case when digits_lost(id_number) then '证件号码是按数字录入的，Excel 只保留前15位，后几位已变成0' "
                "when length(id_number) = 15 then '是15位的旧号码，2013年起已停用' "
                "when length(id_number) <> 18 then '身份证号应为18位' "
                "else '18位号码中有不该出现的字符' end}{case when digits_lost(id_number) or length(id_number) = 18 "
                "then '' else '，这里是' end}{case when digits_lost(id_number) or length(id_number) = 18 "
                "then '' else text(length(id_number)) end}{case when digits_lost(id_number) "
                "or length(id_number) = 18 then '' else '位' end}",
        basis=f"{GB_11643}；全国中职学生信息系统导入说明",
        remedy="对照身份证或户口簿重新录入（单元格先设为文本）；尚无证件的用“999＋10位学校代码＋5位流水号”作临时号",
    ),
    Rule(
        code="students.id_birth_date_impossible", title="身份证号中的出生日期不可能", severity="error",
        column="id_number", when=f"{CITIZEN} and id_shaped(id_number)", flag=f"not coalesce({POSSIBLE}, false)",
        message="第7至14位“{substr(id_number, 7, 8)}”{case when id_ymd(id_number) is null then '不是真实的日期' "
                "when id_ymd(id_number) > standard('today') then '是将来的日期' else '距今超过合理年龄' end}",
        basis=GB_11643, remedy="对照身份证或户口簿改正证件号码", standards=("oldest_age",),
    ),
    Rule(
        code="students.id_check_digit_wrong", title="身份证号校验码不符", severity="error", column="id_number",
        when=f"{CITIZEN} and id_shaped(id_number) and {POSSIBLE}", flag="not id_check_ok(id_number)",
        message="按前17位算出的校验码与第18位不符，号码中至少有一位录错",
        basis=GB_11643, remedy="对照身份证或户口簿逐位核对，改正证件号码", standards=("oldest_age",),
    ),
    Rule(
        code="students.id_region_unknown", title="身份证号的地区码从未启用", severity="warning", column="id_number",
        when=GOOD_ID, flag="lookup('region', id_region(id_number)) is null",
        message="前6位“{id_region(id_number)}”不是历来的县级以上行政区划代码",
        basis="GB/T 2260（含历年变更；依据待核）", remedy="核对证件号码前6位；确属实情的可忽略",
    ),
    Rule(
        code="students.birth_date_differs_from_id", title="出生日期与身份证号不符", severity="error",
        column="birth_date", when=f"{GOOD_ID} and not blank(birth_date)",
        flag="coalesce(ymd(birth_date), 0) <> id_ymd(id_number)",
        message="{case when ymd(birth_date) is null then '出生日期写法读不出来' else '出生日期不同' end}："
                "表中为“{birth_date}”，证件号码中为 {text(id_ymd(id_number))}",
        suggest="text(id_ymd(id_number))", basis=GB_11643, remedy="核对户口簿，改正出生日期或证件号码",
    ),
    Rule(
        code="students.sex_differs_from_id", title="性别与身份证号不符", severity="error", column="sex",
        when=GOOD_ID, flag="sex <> id_sex(id_number)",
        message="表中为“{sex}”，证件号码第17位表示{id_sex(id_number)}", suggest="id_sex(id_number)",
        basis=GB_11643, remedy="核对户口簿，改正性别或证件号码",
    ),
    Rule(
        code="students.id_number_repeated", title="同一证件号在本校重复", severity="error", kind="unique",
        column="id_number", key=("id_number",), apart="school_name",
        when="case when id_shaped(id_number) then true else other_document(id_number) end",
        message="与{others}的证件号码相同", basis="教职成〔2014〕12号；一人一籍",
        remedy="核对每一行的证件号码：录错的改正，重复录入的删去一行",
    ),
    Rule(
        code="students.enrolled_in_two_schools", title="同一证件号在两所学校在籍", severity="error", kind="elsewhere",
        column="id_number", key=("id_number",), apart="school_name", when=f"{GOOD_ID} and {ON_ROLL}",
        message="同一证件号码也在别校名册中：{others}", basis="教职成〔2014〕12号；一人一籍",
        remedy="与对方学校核实学生实际就读学校，由一方办理转出或注销",
    ),
    Rule(
        code="students.same_person_suspected", title="疑似同一人用不同证件号重复登记", severity="warning",
        kind="similar", column="name",
        when="name_shaped(name) and not blank(id_number)",
        blocks=(("name", BIRTH, "sex"), (BIRTH, "sex", "guardian_name", "guardian_phone")),
        flag="a.id_number <> b.id_number and ((a.name = b.name and (a.guardian_name = b.guardian_name "
             "or a.guardian_phone = b.guardian_phone)) or (one_char_off(a.name, b.name) "
             "and a.guardian_name = b.guardian_name and a.guardian_phone = b.guardian_phone))",
        message="与{others}的出生日期、性别和家长信息相同，姓名相同或只差一个字，证件号码却不同（也可能是双胞胎）",
        basis="教职成〔2014〕12号；一人一籍", remedy="对照户口簿核实是否同一人：是则并为一行，不是则忽略",
    ),
    Rule(
        code="students.national_number_malformed", title="学籍号不合规则", severity="error",
        column="national_student_no", when="not blank(national_student_no)",
        flag="not national_no_shaped(national_student_no) or (substr(national_student_no, 1, 1) in ('G', 'J') "
             "and not coalesce(id_ok(substr(national_student_no, 2, 18)), false))",
        message="{case when national_no_shaped(national_student_no) then '字母后的18位校验不符' "
                "else '应为一个字母（G、J 或 L）加18位号码' end}",
        basis="教育部个人标识码规则（XJ-080…083）", remedy="到全国中职学生系统查对学籍号；L 开头的是临时号，不校验末位",
    ),
    Rule(
        code="students.certificate_type_mismatch", title="证件类型与号码不符", severity="error", column="id_number",
        when="id_ok(id_number)",
        flag=f"({KIND} in ('居民身份证', '户口簿') and substr(id_number, 1, 2) in ('81', '82', '83')) "
             f"or ({KIND} = '港澳台居民居住证' and substr(id_number, 1, 2) not in ('81', '82', '83')) "
             f"or {KIND} not in ('居民身份证', '户口簿', '港澳台居民居住证', '其他', '军官证', '士兵证')",
        message="{case when substr(id_number, 1, 2) in ('81', '82', '83') then '号码属于港澳台居民居住证' "
                "else '号码是居民身份证号' end}，证件类型却是“{case when blank(document_kind) then '居民身份证' "
                "else document_kind end}”",
        basis="港澳台居民居住证申领发放办法；DM-006（依据待核）", remedy="按证件原件改正证件类型或证件号码",
    ),
)  # fmt: skip
