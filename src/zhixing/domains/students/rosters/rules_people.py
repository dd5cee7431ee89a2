"""Rules about names, telephones, addresses, and about cells that are blank or outside their code set."""

from __future__ import annotations

from zhixing.kernel.rosters.declarations import Rule

from .conditions import BIRTH

TEMPLATE = "全国中职学生信息系统导入说明"
_PLACEHOLDERS = (
    "'测试', '测试学生', '某某', '某某某', '无名', '未知', '不详', '姓名', '学生', '张三三三', '待定', '暂无'"
)


def _phone(column: str) -> Rule:
    return Rule(
        code="students.phone_malformed", title="电话号码不合格式", severity="error", column=column,
        when=f"not blank({column})", flag=f"not phone_ok({column})",
        message="「{heading}」不是手机号（1 开头 11 位）或带区号的固定电话",
        basis="公众电信网编号计划（依据待核）", remedy="与家长或学生核实后重新录入，一格只写一个号码",
    )  # fmt: skip


def _address(start: str, title: str) -> Rule:
    province, city, county = (f"{start}_{part}" for part in ("province", "city", "county"))
    return Rule(
        code="students.region_hierarchy_broken", title="省、市、区县互不隶属", severity="error", column=county,
        flag=f"lookup('region_contradicts', {province}, {city}, {county}) is not null",
        message=f"{title}写作“{{{province}}} {{{city}}} {{{county}}}”，三者不相隶属",
        basis="GB/T 2260", remedy="对照户口簿或实际住址改正省、市、区县",
    )  # fmt: skip


PEOPLE_RULES: tuple[Rule, ...] = (
    Rule(
        code="students.required_value_missing", title="必填项没有填写", severity="error", kind="required",
        message="「{heading}」没有填写", basis=TEMPLATE, remedy="按学生证件和入学材料补填",
    ),
    Rule(
        code="students.code_value_unknown", title="填写的值不在代码表内", severity="error", kind="codes",
        message="「{heading}」的“{value}”不在代码表内", basis="JY/T 1001-2012 及所引国家标准；" + TEMPLATE,
        remedy="从代码表中选一个规范的值填写",
    ),
    Rule(
        code="students.name_malformed", title="姓名不合规范", severity="error", column="name",
        when="not blank(name)", flag=f"not name_shaped(name) or name in ({_PLACEHOLDERS})",
        message="{case when name_shaped(name) then '姓名是占位文字' else "
                "'姓名中有数字、字母、空格或标点，或不足两个字；少数民族姓名的间隔号请用“·”' end}",
        basis="教职成〔2014〕12号；姓名以户口簿为准", remedy="按户口簿改正姓名",
    ),
    _phone("guardian_phone"), _phone("phone"), _phone("home_phone"),
    Rule(
        code="students.guardian_phone_shared", title="一个家长电话对应多名学生", severity="warning", kind="group",
        column="guardian_phone", key=("guardian_phone",), when="phone_ok(guardian_phone)",
        flag="count(distinct guardian_name) > standard('guardian_phone_sharing')",
        message="同一电话登记给 {count} 名学生，家长姓名各不相同，另见{others}",
        basis="系统默认标准，学校可改", remedy="核实是否由他人代填，改为各家长本人的电话",
        standards=("guardian_phone_sharing",),
    ),
    _address("household", "户籍地"), _address("home", "现住址"),
    Rule(
        code="students.political_status_age", title="政治面貌与年龄不符", severity="warning",
        column="political_status",
        flag=f"(political_status in ('中共党员', '中共预备党员') "
             f"and full_years({BIRTH}, standard('today')) < standard('party_member_age')) "
             f"or (political_status = '共青团员' and full_years({BIRTH}, standard('today')) not between "
             f"standard('league_member_age.low') and standard('league_member_age.high'))",
        message=f"{{political_status}}，年龄 {{text(full_years({BIRTH}, standard('today')))}} 周岁",
        basis="《中国共产党章程》第一条；《中国共产主义青年团章程》第一条（依据待核）",
        remedy="对照团籍、党籍材料核实政治面貌和出生日期", standards=("party_member_age", "league_member_age"),
    ),
)  # fmt: skip
