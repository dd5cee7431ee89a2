"""Rules about enrolment, major, class and aid."""

from __future__ import annotations

from zhixing.kernel.rosters.declarations import Rule

from .conditions import BIRTH

AGE = f"full_years({BIRTH}, ym(entry_date) * 100 + 31)"
COHORT = "coalesce(text(year_of(cohort)), '')"
MAJOR = "coalesce(lookup('major_name', major, directory_version), major)"
YEARLY = "(cents(grant_month_amount) * standard('aid_months') // 100)"
STUDY_YEAR = "(full_years(ym(entry_date) * 100 + 1, standard('today')) + 1)"
SEVENTH = "教职成〔2010〕7号"

STUDY_RULES: tuple[Rule, ...] = (
    Rule(
        code="students.age_unusual", title="入学年龄异常", severity="warning", column="entry_date",
        flag=f"{AGE} not between standard('enrolment_age.low') and standard('enrolment_age.high')",
        message=f"{{entry_date}} 入学时 {{text({AGE})}} 周岁",
        basis="系统默认标准，国家无统一上下限", remedy="核对出生日期、证件号码和入学年月；确属实情的可忽略",
        standards=("enrolment_age",),
    ),
    Rule(
        code="students.enrolment_date_inconsistent", title="年级与入学年月不一致", severity="warning",
        column="entry_date", when="not blank(entry_date) and not blank(cohort)",
        flag="ym(entry_date) is null or (year_of(cohort) <> ym(entry_date) // 100 "
             "and not (ym(entry_date) % 100 <= 6 and year_of(cohort) = ym(entry_date) // 100 - 1))",
        message="{case when ym(entry_date) is null then '入学年月写法读不出来' else '年级与入学年月不一致' end}："
                "年级“{cohort}”，入学年月“{entry_date}”",
        basis=f"{SEVENTH}（年级按入学年份；春季入学可归上一年级）", remedy="核对录取花名册，改正年级或入学年月",
    ),
    Rule(
        code="students.major_not_in_directory", title="专业不在所填版本的目录内", severity="warning", column="major",
        when="not blank(major)", flag="lookup('major_unknown', major, directory_version) is not null",
        message="“{major}”未见于系统所载的专业目录（所填版本“{directory_version}”）",
        basis="教职成〔2021〕2号；《中等职业学校专业目录（2010年修订）》（所载目录不全，依据待核）",
        remedy="核对专业全称与目录版本；目录外专业请备案，目录未载全的请在系统中导入官方目录",
    ),
    Rule(
        code="students.study_length_unusual", title="学制异常", severity="warning", column="study_length",
        when="not blank(study_length)",
        flag="not coalesce(in_standard(study_length, 'study_length_lawful'), false)",
        message="学制“{study_length}”不在常规学制之内", basis=f"{SEVENTH}第三章（依据待核）",
        remedy="核对招生计划中的学制", standards=("study_length_lawful",),
    ),
    Rule(
        code="students.study_length_unusual", title="学制异常", severity="warning", column="study_length",
        when="intake_kind in ('应届初中毕业生', '往届初中毕业生') "
             "and coalesce(in_standard(study_length, 'study_length_lawful'), false)",
        flag="cents(lookup('years', study_length)) not between standard('study_length_from_junior.low') * 100 "
             "and standard('study_length_from_junior.high') * 100",
        message="初中毕业起点，学制却是“{study_length}”", basis=f"{SEVENTH}第三章（依据待核）",
        remedy="核对招生类型和学制", standards=("study_length_from_junior", "study_length_lawful"),
    ),
    Rule(
        code="students.study_length_unusual", title="学制异常", severity="warning", kind="group",
        column="study_length", key=("class_group", COHORT), flag="count(distinct study_length) > 1",
        message="同一班级里有几种学制，另见{others}", basis=f"{SEVENTH}第三章（依据待核）",
        remedy="核对本班的招生计划，统一学制",
    ),
    Rule(
        code="students.class_major_mixed", title="一个班级有几个专业", severity="warning", kind="group",
        column="major", key=("class_group", COHORT), flag=f"count(distinct {MAJOR}) > 1",
        message="同班 {count} 人填了不同的专业，另见{others}", basis="教学管理惯例：一班一专业",
        remedy="核对分班名单，改正班级或专业；确为混合班的可忽略",
    ),
    Rule(
        code="students.class_too_large", title="班额超过标准", severity="warning", kind="group",
        column="class_group", key=("class_group", COHORT), flag="count(*) > standard('class_size')",
        message="本班共 {count} 人，超过班额标准，另见{others}", basis="各省办学标准多以50人为限（依据待核），学校可改",
        remedy="核对分班名单；确属超额的安排分班", standards=("class_size",),
    ),
    Rule(
        code="students.student_kind_form_mismatch", title="学生类别与学习形式不符", severity="error",
        column="study_form",
        flag="(contains(learner_category, '(全日制)') and study_form <> '全日制') "
             "or (contains(learner_category, '(非全日制)') and study_form <> '非全日制')",
        message="学生类别是“{learner_category}”，学习形式却是“{study_form}”",
        basis="JY/T 1001-2012 学生类别代码（DM-041）", remedy="核对学籍档案，改正学生类别或学习形式",
    ),
    Rule(
        code="students.student_kind_form_mismatch", title="学生类别与学生类型不符", severity="warning",
        column="learner_category", flag="not starts_with(learner_category, school_kind)",
        message="学生类型是“{school_kind}”，学生类别却是“{learner_category}”",
        basis="JY/T 1001-2012 学生类别代码（依据待核）", remedy="核对学籍档案，改正学生类别或学生类型",
    ),
    Rule(
        code="students.aid_without_basis", title="享受助学金缺少依据", severity="warning", column="receives_grant",
        when="receives_grant = '是'",
        flag="household_kind = '非农业户口' and is_low_income = '否' and coalesce(is_registered_poor, '否') = '否' "
             "and coalesce(hardship_level, '不困难') = '不困难' and aid_basis is null and not blank(major) "
             "and not contains(coalesce(lookup('major_mark', major, directory_version), ''), '涉农')",
        message="非农业户口、非低保、非涉农专业，表中看不出享受助学金的依据",
        basis="财教〔2024〕181号；财科教〔2016〕35号（ZZ-007）", remedy="补充困难认定材料，或更正是否享受国家助学金",
    ),
    Rule(
        code="students.aid_without_basis", title="享受助学金缺少依据", severity="warning", column="receives_grant",
        when="receives_grant = '是'", flag=f"not in_standard({STUDY_YEAR}, 'aid_grades')",
        message=f"在校第 {{text({STUDY_YEAR})}} 学年，不在国家助学金享受年级之内",
        basis="财教〔2024〕181号；财科教〔2016〕35号（ZZ-002）", remedy="核对入学年月；超过享受年级的停止发放",
        standards=("aid_grades",),
    ),
    Rule(
        code="students.aid_amount_off_standard", title="助学金标准不合规定", severity="warning",
        column="grant_month_amount", when="receives_grant = '是' and not blank(grant_month_amount)",
        flag=f"cents(grant_month_amount) is null or {YEARLY} not between standard('aid_band.low') "
             f"and standard('aid_band.high') or not coalesce(in_standard({YEARLY}, 'aid_tiers'), true)",
        message="{case when cents(grant_month_amount) is null then '月发放标准不是数字' else '折合每年' end}"
                f"{{case when cents(grant_month_amount) is null then '' else text({YEARLY}) end}}"
                "{case when cents(grant_month_amount) is null then '' else '元，不在当期国家助学金标准之内' end}",
        basis="财教〔2024〕181号；财科教〔2016〕35号（ZZ-005）", remedy="核对省、校公布的助学金档次和发放月数",
        standards=("aid_band", "aid_tiers", "aid_months"),
    ),
    Rule(
        code="students.aid_amount_off_standard", title="助学金标准不合规定", severity="warning",
        column="grant_month_amount", when="receives_grant = '否'", flag="cents(grant_month_amount) > 0",
        message="不享受国家助学金，却填了月发放标准“{grant_month_amount}”",
        basis="财教〔2024〕181号（ZZ-005）", remedy="改正是否享受国家助学金，或清空月发放标准",
    ),
)  # fmt: skip
