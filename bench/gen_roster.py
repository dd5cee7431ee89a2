"""Makes student rosters of any size in the older national layout, all people invented, seeded; clean unless spoilt.

As a program: ``python bench/gen_roster.py ROWS PATH.parquet [--spoilt 0.01]``.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator
from pathlib import Path

COUNTIES = (("420602", "襄城区"), ("420606", "樊城区"), ("420607", "襄州区"), ("420624", "南漳县"), ("420625", "谷城县"),
            ("420626", "保康县"), ("420682", "老河口市"), ("420683", "枣阳市"), ("420684", "宜城市"))  # fmt: skip
MAJORS = (("计应", "计算机应用"), ("数控", "数控技术应用"), ("机电", "机电技术应用"), ("汽修", "汽车运用与维修"),
          ("电商", "电子商务"), ("护理", "护理"))  # fmt: skip
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
GIVEN = "一嘉子宇俊怡涵欣雨诗梓浩豪志文若佳琪晓博海梅涛远丽娜杰航睿思语桐泽轩昊然可心悦"
PARENTS = "桂兰英秀建国军强勇芳静"
HEADINGS = (
    "身份证号", "姓名", "性别", "民族", "年级", "入学年月", "招生类型", "修读专业", "学制", "班级", "联招合作类型",
    "联招合作学校机构代码", "户籍所在省", "户籍所在市", "户籍所在区县", "详细地址", "户籍性质", "是否低保", "是否享受国家助学金",
    "月发放标准(元)", "学生类型", "生源类别", "家长(监护人)姓名", "家长(监护人)电话", "教学点名称", "健康情况", "现家庭所在省",
    "现家庭所在市", "现家庭所在区县", "现家庭详细地址", "专业目录版本", "学生类别", "出生日期", "校内学号", "学生本人联系电话",
    "政治面貌", "毕业学校", "备注",
)  # fmt: skip
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CLASS_SIZE = 40


def id_number(region: str, birth: str, sequence: int) -> str:
    """A number that satisfies GB 11643; the last digit of ``sequence`` is odd for a man."""
    body = f"{region}{birth}{sequence:03d}"
    return body + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=True)) % 11]


def clean_rows(count: int, seed: int = 1) -> Iterator[dict[str, str | None]]:
    """Rows without a fault: numbers, telephones and the pairs that rules compare are unique."""
    rnd = random.Random(seed)
    for place in range(count):
        class_no, cohort = place // CLASS_SIZE, 2023 + place // CLASS_SIZE % 3
        short, major = MAJORS[class_no // 3 % len(MAJORS)]
        region, county = COUNTIES[place % len(COUNTIES)]
        day = place // len(COUNTIES) % (3 * 336)
        birth = f"{2006 + day // 336}{day % 336 // 28 + 1:02d}{day % 28 + 1:02d}"
        sequence = 1 + place // (len(COUNTIES) * 3 * 336) % 998
        surname = rnd.choice(SURNAMES)
        yield {
            "身份证号": id_number(region, birth, sequence), "姓名": surname + rnd.choice(GIVEN) + rnd.choice(GIVEN),
            "性别": "男" if sequence % 2 else "女", "民族": rnd.choice(("汉族",) * 18 + ("回族", "土家族")),
            "年级": str(cohort), "入学年月": f"{cohort}09", "招生类型": "应届初中毕业生", "修读专业": major, "学制": "3年",
            "班级": f"{cohort % 100}{short}{class_no + 1}班", "联招合作类型": "非联招合作办学", "联招合作学校机构代码": None,
            "户籍所在省": "湖北省", "户籍所在市": "襄阳市", "户籍所在区县": county, "详细地址": f"{county}{rnd.randint(1, 99)}号",
            "户籍性质": rnd.choice(("农业户口", "非农业户口")), "是否低保": "否", "是否享受国家助学金": "否",
            "月发放标准(元)": None, "学生类型": "普通中专", "生源类别": "本省",
            "家长(监护人)姓名": surname + rnd.choice(PARENTS), "家长(监护人)电话": f"1{30 + place // 10**8 % 70}{place % 10**8:08d}",
            "教学点名称": "校本部", "健康情况": "健康或良好", "现家庭所在省": "湖北省", "现家庭所在市": "襄阳市",
            "现家庭所在区县": county, "现家庭详细地址": f"{county}{rnd.randint(1, 99)}号", "专业目录版本": "2021",
            "学生类别": "普通中专(全日制、脱产)", "出生日期": birth, "校内学号": f"{cohort}{place:07d}",
            "学生本人联系电话": None, "政治面貌": rnd.choice(("群众", "共青团员")), "毕业学校": f"襄阳市第{place % 40 + 1}中学",
            "备注": None,
        }  # fmt: skip


def spoil(row: dict[str, str | None], earlier: dict[str, str | None], rnd: random.Random) -> None:
    """Put one fault of many kinds into a row."""
    number = str(row["身份证号"])
    match rnd.randrange(10):
        case 0:
            row["身份证号"] = number[:-1]
        case 1:
            row["身份证号"] = number[:-1] + ("1" if number[-1] != "1" else "2")
        case 2:
            row["出生日期"] = "20080229"
        case 3:
            row["性别"] = "女" if row["性别"] == "男" else "男"
        case 4:
            row["身份证号"], row["出生日期"], row["性别"] = (earlier[name] for name in ("身份证号", "出生日期", "性别"))
        case 5:
            row["民族"] = rnd.choice(("汉", "火星族"))
        case 6:
            row["家长(监护人)电话"] = "1234567"
        case 7:
            row["户籍所在市"] = "武汉市"
        case 8:
            row["姓名"] = "张3"
        case _:
            row["修读专业"] = None


def write(count: int, path: Path, *, spoilt: float = 0.01, seed: int = 1) -> None:
    """Write a roster as Parquet, in lots of 100,000 rows; a share of the rows has a fault."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    rnd = random.Random(seed + 1)
    schema = pa.schema([(heading, pa.string()) for heading in HEADINGS])
    earlier: dict[str, str | None] = {}
    with pq.ParquetWriter(path, schema) as writer:
        lot: list[dict[str, str | None]] = []
        for row in clean_rows(count, seed):
            plain = dict(row)
            if earlier and rnd.random() < spoilt:
                spoil(row, earlier, rnd)
            earlier = plain
            lot.append(row)
            if len(lot) == 100_000:
                writer.write_table(pa.Table.from_pylist(lot, schema))
                lot = []
        if lot:
            writer.write_table(pa.Table.from_pylist(lot, schema))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", type=int)
    parser.add_argument("path", type=Path)
    parser.add_argument("--spoilt", type=float, default=0.01)
    options = parser.parse_args()
    write(options.rows, options.path, spoilt=options.spoilt)


if __name__ == "__main__":
    main()
