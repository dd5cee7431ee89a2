"""The two national layouts of the student roster, with the headings that years and offices gave their columns.

Canonical names are those of the student's record. Which columns the newer layout demands is 依据待核.
"""

from __future__ import annotations

from zhixing.kernel.rosters.declarations import Column, ColumnKind, Layout

_ID = Column(name="id_number", title="身份证号", required=True, kind="id", sensitive="id_number", synonyms=(
    "身份证号码", "身份证件号", "身份证件号码", "公民身份号码", "证件号", "证件号码", "身份证", "学生身份证号",
))  # fmt: skip
_NAME = Column(name="name", title="姓名", required=True, sensitive="name", synonyms=("学生姓名", "学生名字", "名字"))
_SEX = Column(name="sex", title="性别", required=True, code_set="sex")
_ETHNIC = Column(name="ethnic_group", title="民族", required=True, code_set="ethnic_group", synonyms=("民族名称",))
_STUDY_LENGTH = Column(name="study_length", title="学制", required=True, code_set="study_length", by_rule=True,
                       synonyms=("学习年限", "修业年限", "学制(年)"))  # fmt: skip
_ENTRY = Column(name="entry_date", title="入学年月", required=True, kind="digits",
                synonyms=("入学时间", "入学日期", "入校年月"))  # fmt: skip
_CLASS = Column(name="class_group", title="班级", required=True,
                synonyms=("班级名称", "所在班级", "行政班级", "班号"))  # fmt: skip
_MAJOR = Column(name="major", title="修读专业", required=True,
                synonyms=("专业", "专业名称", "专业简称", "所学专业", "就读专业"))  # fmt: skip
_JOINT = Column(name="joint_kind", title="联招合作类型", required=True, code_set="joint_kind",
                synonyms=("联合办学类型", "联招类型", "联招合作办学类型"))  # fmt: skip
_JOINT_SCHOOL = Column(
    name="joint_school_code", title="联招合作学校机构代码", required=True, kind="digits",
    required_when="joint_kind <> '非联招合作办学'",
    synonyms=("联招合作学校代码", "联招学校机构代码", "合作学校机构代码", "联招合作学校"),
)  # fmt: skip
_BIRTH = Column(name="birth_date", title="出生日期", kind="digits", synonyms=("出生年月日", "出生年月", "生日"))
_POLITICAL = Column(name="political_status", title="政治面貌", code_set="political_status", synonyms=("政治面目",))
_LEARNER = Column(name="learner_category", title="学生类别", code_set="learner_category")
_HEALTH = Column(name="health", title="健康情况", required=True, code_set="health", sensitive="note",
                 synonyms=("健康状况", "身体状况"))  # fmt: skip
_HOUSEHOLD = Column(name="household_kind", title="户籍性质", required=True, code_set="household_kind",
                    synonyms=("户口性质", "户口类型", "户籍类型", "户口类别"))  # fmt: skip
_PHONE = Column(name="phone", title="学生本人联系电话", kind="digits", sensitive="phone", synonyms=(
    "联系电话", "本人联系电话", "本人电话", "学生电话", "学生联系电话", "手机", "手机号", "手机号码", "学生手机",
))  # fmt: skip
_OVERSEAS = Column(name="overseas_kind", title="港澳台侨胞", code_set="overseas_kind",
                   synonyms=("港澳台侨", "港澳台侨外", "是否港澳台侨胞"))  # fmt: skip
_EMAIL = Column(name="email", title="电子邮箱", synonyms=("电子信箱", "邮箱", "电子信箱/其他联系方式", "E-mail"))
_POSTCODE = Column(name="home_postcode", title="邮政编码", kind="digits", synonyms=("家庭邮政编码", "邮编"))
_NATIONAL = Column(name="national_student_no", title="学籍号", kind="id", sensitive="id_number",
                   synonyms=("全国学籍号", "全国统一学籍号", "国家学籍号", "个人标识码"))  # fmt: skip
_SCHOOL = Column(name="school_name", title="学校名称", synonyms=("学校", "所在学校", "就读学校"))
_STATUS = Column(name="status", title="学籍状态", code_set="enrolment_status",
                 synonyms=("学生当前状态", "学生状态", "在籍状态"))  # fmt: skip
_REGISTERED_POOR = Column(name="is_registered_poor", title="是否建档立卡贫困户", code_set="yes_no",
                          synonyms=("是否建档立卡户", "建档立卡"))  # fmt: skip
_ALSO = (
    _NATIONAL, _SCHOOL, _STATUS,
    Column(name="hardship_level", title="困难程度", code_set="hardship_level", synonyms=("困难等级", "家庭困难程度")),
    Column(name="aid_basis", title="资助依据", code_set="aid_basis", synonyms=("助学金依据", "享受助学金依据")),
)  # fmt: skip


def _in(column: Column, title: str, *, required: bool | None = None) -> Column:
    """The same column under the heading of another layout."""
    from dataclasses import replace

    spellings = tuple(text for text in (column.title, *column.synonyms) if text != title)
    needed = column.required if required is None else required
    return replace(column, title=title, synonyms=spellings, required=needed)


def _text(name: str, title: str, *synonyms: str, required: bool = False) -> Column:
    return Column(name=name, title=title, synonyms=synonyms, required=required)


def _coded(name: str, title: str, code_set: str, *synonyms: str, required: bool = False) -> Column:
    return Column(name=name, title=title, code_set=code_set, synonyms=synonyms, required=required)


STUDENT_INFORMATION = Layout(
    code="student_information",
    title="学生信息导入表",
    columns=(
        _ID, _NAME, _SEX, _ETHNIC,
        Column(name="cohort", title="年级", required=True, kind="digits", synonyms=("所在年级", "入学年级", "级别")),
        _ENTRY,
        _coded("intake_kind", "招生类型", "intake_kind", "招生类别", "招生对象类型", required=True),
        _MAJOR, _STUDY_LENGTH, _CLASS, _JOINT, _JOINT_SCHOOL,
        _text("household_province", "户籍所在省", "户口所在省", "户籍省", "户籍所在省份", required=True),
        _text("household_city", "户籍所在市", "户口所在市", "户籍市", "户籍所在地市", required=True),
        _text("household_county", "户籍所在区县", "户口所在区县", "户籍区县", "户籍所在县", "户籍所在区/县",
              required=True),
        Column(name="household_address", title="详细地址", required=True, sensitive="address",
               synonyms=("户籍详细地址", "户口详细地址", "户籍地址", "户籍所在地详细地址")),
        _HOUSEHOLD,
        _coded("is_low_income", "是否低保", "yes_no", "低保", "是否享受低保", "是否低保户", required=True),
        _coded("receives_grant", "是否享受国家助学金", "yes_no", "享受国家助学金", "是否享受助学金", "国家助学金",
               required=True),
        Column(name="grant_month_amount", title="月发放标准(元)", required=True, kind="digits",
               required_when="receives_grant = '是'",
               synonyms=("月发放标准", "助学金月发放标准", "助学金月发放标准(元)", "月标准(元)", "发放标准(元/月)")),
        _coded("school_kind", "学生类型", "school_kind", "学校类型", required=True),
        _coded("origin_kind", "生源类别", "origin_kind", "生源地类别", "生源类型", required=True),
        Column(name="guardian_name", title="家长(监护人)姓名", required=True, sensitive="name",
               synonyms=("家长姓名", "监护人姓名", "家长或监护人姓名", "家长", "监护人")),
        Column(name="guardian_phone", title="家长(监护人)电话", required=True, kind="digits", sensitive="phone",
               synonyms=("家长电话", "监护人电话", "家长联系电话", "监护人联系电话", "家长(监护人)联系电话",
                         "家长手机", "监护人手机")),
        _text("teaching_point", "教学点名称", "教学点", "校外教学点", required=True),
        _HEALTH,
        _text("home_province", "现家庭所在省", "家庭所在省", "现家庭省", "家庭现所在省", required=True),
        _text("home_city", "现家庭所在市", "家庭所在市", "现家庭市", "家庭现所在市", required=True),
        _text("home_county", "现家庭所在区县", "家庭所在区县", "现家庭区县", "现家庭所在区/县", "家庭现所在区县",
              required=True),
        Column(name="home_address", title="现家庭详细地址", required=True, sensitive="address",
               synonyms=("家庭详细地址", "现家庭地址", "家庭现地址", "家庭住址", "现住址")),
        _coded("directory_version", "专业目录版本", "directory_version", "目录版本", "专业目录", required=True),
        _LEARNER, _BIRTH,
        _text("student_no", "校内学号", "学号", "学生学号"),
        _PHONE, _POSTCODE,
        _text("provincial_student_no", "省级电子注册学籍号", "省学籍号", "电子注册学籍号", "省级学籍号"),
        Column(name="former_name", title="曾用名", sensitive="name"),
        _POLITICAL,
        _text("native_place", "籍贯"),
        _OVERSEAS,
        _text("previous_school", "毕业学校", "毕业初中", "原毕业学校", "初中毕业学校"),
        _EMAIL,
        Column(name="bank_card", title="中职学生资助卡号", kind="digits", sensitive="bank_card",
               synonyms=("资助卡号", "银行卡号", "中职资助卡号", "学生资助卡号", "银行卡账号")),
        _text("note", "备注", "说明"),
        Column(name="document_kind", title="身份证件类型", code_set="identity_document", synonyms=("证件类型",)),
        _coded("study_form", "学习形式", "study_form"),
        _REGISTERED_POOR, *_ALSO,
    ),
)  # fmt: skip


_MEMBER: tuple[tuple[str, str, ColumnKind, str, str], ...] = (
    ("name", "姓名", "text", "", "name"), ("relation", "关系", "text", "family_relation", ""),
    ("is_guardian", "是否监护人", "text", "yes_no", ""), ("phone", "联系电话", "digits", "", "phone"),
    ("birth", "出生年月", "digits", "", ""), ("document_kind", "身份证件类型", "text", "identity_document", ""),
    ("id_number", "身份证件号", "id", "", "id_number"), ("ethnic_group", "民族", "text", "ethnic_group", ""),
    ("political_status", "政治面貌", "text", "political_status", ""), ("health", "健康状况", "text", "health", "note"),
    ("workplace", "工作或学习单位", "text", "", ""), ("post", "职务", "text", "", ""),
)  # fmt: skip


def _member(place: int) -> tuple[Column, ...]:
    """The twelve columns about one member of the family; the first member stands for the guardian."""
    start = "guardian_" if place == 1 else f"member{place}_"
    return tuple(
        Column(
            name=start + name,
            title=f"成员{place}{title}",
            kind=kind,
            code_set=codes,
            sensitive=sensitive,
            synonyms=(f"家庭成员{place}{title}", f"成员{'一二'[place - 1]}{title}"),
        )
        for name, title, kind, codes, sensitive in _MEMBER
    )


NATIONAL_TEMPLATE = Layout(
    code="national_template",
    title="全国中职学生系统导入模板",
    columns=(
        _NAME, _SEX, _in(_BIRTH, "出生日期", required=True),
        Column(name="document_kind", title="身份证件类型", required=True, code_set="identity_document",
               synonyms=("证件类型", "身份证类型")),
        _in(_ID, "身份证件号"),
        _text("name_pinyin", "姓名拼音"),
        _in(_CLASS, "班级名称"),
        _text("student_no", "学号", "校内学号"),
        _in(_LEARNER, "学生类别", required=True),
        _coded("study_form", "学习形式", "study_form", required=True),
        _coded("entry_way", "入学方式", "entry_way", required=True),
        _coded("attendance_kind", "就读方式", "attendance_kind", required=True),
        _text("nationality", "国籍/地区", "国籍"),
        _in(_OVERSEAS, "港澳台侨外"),
        _coded("marital_status", "婚姻状况", "marital_status"),
        _text("railway_stretch", "乘火车区间"),
        _coded("is_migrant_child", "是否随迁子女", "yes_no"),
        Column(name="origin_region", title="生源地行政区划码", kind="digits"),
        Column(name="birth_region", title="出生地行政区划码", kind="digits"),
        Column(name="native_region", title="籍贯地行政区划码", kind="digits"),
        Column(name="household_address", title="户口所在地区县以下详细地址", sensitive="address",
               synonyms=("户口所在地详细地址",)),
        _text("police_station", "所属派出所"),
        Column(name="household_region", title="户口所在地行政区划码", required=True, kind="digits"),
        _in(_HOUSEHOLD, "户口性质"),
        _coded("residence_kind", "学生居住地类型", "residence_kind", "居住地类型"),
        _ENTRY, _in(_MAJOR, "专业简称"), _STUDY_LENGTH, _ETHNIC, _in(_POLITICAL, "政治面貌", required=True),
        _in(_HEALTH, "健康状况"),
        _coded("learner_source", "学生来源", "learner_source", required=True),
        _coded("admission_target", "招生对象", "admission_target", required=True),
        _in(_PHONE, "联系电话"),
        _REGISTERED_POOR,
        _coded("admission_way", "招生方式", "admission_way", required=True),
        _JOINT,
        _text("exam_permit_no", "准考证号"), _text("exam_candidate_no", "考生号"), _text("exam_score", "考试总分"),
        _text("joint_form", "联招合作办学形式"), _in(_JOINT_SCHOOL, "联招合作学校代码"),
        _text("teaching_point", "校外教学点", "教学点名称"),
        _coded("staged_training", "分段培养方式", "staged_training"),
        _text("english_name", "英文姓名"), _in(_EMAIL, "电子信箱/其他联系方式"),
        Column(name="home_address", title="家庭现地址", sensitive="address", synonyms=("家庭地址",)),
        _in(_POSTCODE, "家庭邮政编码"),
        Column(name="home_phone", title="家庭电话", kind="digits", sensitive="phone", synonyms=("家庭联系电话",)),
        *_member(1), *_member(2),
        _coded("receives_grant", "是否享受国家助学金", "yes_no"),
        Column(name="grant_month_amount", title="月发放标准(元)", kind="digits"),
        _coded("directory_version", "专业目录版本", "directory_version"),
        Column(name="cohort", title="年级", kind="digits"),
        *_ALSO,
    ),
)  # fmt: skip
