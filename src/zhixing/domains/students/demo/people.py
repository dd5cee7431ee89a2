"""Invented people: names, places, telephones and ID numbers that belong to nobody.

An ID number here begins with a region code that was cancelled before its holder was born, so that no real number can
be hit; telephones use the 154 range, which is not given to subscribers.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from zhixing.kernel.base.id_numbers import make_id_number

CANCELLED_REGIONS = ("420621", "420622", "420623", "420604", "420605", "420603")
"""襄阳县, 枣阳县, 宜城县, 樊西区, 郊区, 樊东区: all cancelled by 2001."""
PHONE_RANGE = "154"

SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏"
    "钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段钱汤尹黎易常武乔贺赖龚文"
)
BOYS = "伟强磊军洋勇杰涛超明刚平辉鹏飞浩宇轩博文俊峰志远子豪嘉乐天佑思源一鸣晨曦家栋泽楷瑞霖景行承允修远"
GIRLS = "芳娜敏静丽艳娟霞秀兰燕玲桂英红梅雪琴雨欣怡思琪佳慧诗涵梦瑶紫萱可馨若曦语桐婉清书瑶安然沐晴依诺"
UYGHUR_BOYS = ("艾力", "吐尔逊", "阿布都", "买买提", "库尔班", "艾合买提", "玉素甫", "依明")
UYGHUR_GIRLS = ("阿依古丽", "古丽娜尔", "热依拉", "阿孜古丽", "帕提古丽", "迪丽努尔", "麦合丽娅")
UYGHUR_FATHERS = ("买买提", "阿不都热合曼", "吾斯曼", "依米提", "艾山", "司马义", "吐尔地")
TIBETAN = ("扎西", "卓玛", "次仁", "央金", "旦增", "白玛", "格桑", "尼玛")
ETHNIC = (("汉族", 930), ("土家族", 30), ("回族", 15), ("苗族", 8), ("满族", 5), ("侗族", 4), ("壮族", 3),
          ("维吾尔族", 3), ("藏族", 2))  # fmt: skip

COUNTIES = {
    "襄城区": ("庞公", "檀溪路", "尹集乡凤凰村", "卧龙镇谢洲村", "欧庙镇曹湾村"),
    "樊城区": ("汉江路", "王寨", "牛首镇竹条村", "太平店镇朱坡村"),
    "襄州区": ("张湾镇", "双沟镇", "程河镇", "朱集镇", "古驿镇"),
    "南漳县": ("城关镇水镜路", "武安镇", "九集镇", "长坪镇"),
    "谷城县": ("城关镇筑阳路", "石花镇", "盛康镇", "冷集镇"),
    "保康县": ("城关镇光千路", "寺坪镇", "歇马镇", "马桥镇"),
    "老河口市": ("光化路", "孟楼镇", "仙人渡镇", "袁冲乡"),
    "枣阳市": ("北城", "吴店镇", "鹿头镇", "兴隆镇", "琚湾镇"),
    "宜城市": ("鄢城", "流水镇", "小河镇", "板桥店镇"),
}
WEIGHTS = (9, 12, 22, 8, 9, 5, 9, 16, 10)
SCHOOLS = ("第一初级中学", "第二初级中学", "实验中学", "镇中心中学", "育才中学", "城关中学")


@dataclass(frozen=True)
class Home:
    """Where a family lives."""

    county: str
    street: str
    province: str = "湖北省"
    city: str = "襄阳市"

    @property
    def rural(self) -> bool:
        return self.street.endswith(("镇", "村", "乡"))


class Inventor:
    """Makes people up from one random source, never the same telephone, number or namesake of a birthday twice."""

    def __init__(self, rnd: Random) -> None:
        self.rnd = rnd
        self._numbers: set[str] = set()
        self._phones: set[str] = set()
        self._namesakes: set[tuple[str, date]] = set()

    def phone(self) -> str:
        """A number of the range that nobody here has yet; the canaries' stretch, 1540990…, is left out."""
        while True:
            number = f"{PHONE_RANGE}{self.rnd.randrange(10**7, 10**8)}"
            if number not in self._phones:
                self._phones.add(number)
                return number

    def ethnic_group(self) -> str:
        names, weights = zip(*ETHNIC, strict=True)
        return str(self.rnd.choices(names, weights)[0])

    def sex(self, girls: float = 0.5) -> str:
        return "女" if self.rnd.random() < girls else "男"

    def name(self, sex: str, ethnic: str = "汉族", birth: date | None = None) -> str:
        """A name that fits; two people born on one day never share it."""
        while True:
            name = self._name(sex, ethnic)
            if birth is None or (name, birth) not in self._namesakes:
                if birth is not None:
                    self._namesakes.add((name, birth))
                return name

    def _name(self, sex: str, ethnic: str) -> str:
        pick = self.rnd.choice
        if ethnic == "维吾尔族":
            return f"{pick(UYGHUR_GIRLS if sex == '女' else UYGHUR_BOYS)}·{pick(UYGHUR_FATHERS)}"
        if ethnic == "藏族":
            return f"{pick(TIBETAN)}{pick(TIBETAN)}"
        given = GIRLS if sex == "女" else BOYS
        first = pick(given)
        second = pick(given) if self.rnd.random() < 0.8 else ""
        return pick(SURNAMES) + first + (second if second != first else "")

    def birth_date(self, entry: date, ages: tuple[int, int] = (15, 16)) -> date:
        """A birthday that makes someone ``ages`` years old on the day of entry."""
        latest = date(entry.year - ages[0], entry.month, entry.day)
        earliest = date(entry.year - ages[1], entry.month, entry.day)
        return earliest + timedelta(days=self.rnd.randrange((latest - earliest).days))

    def id_number(self, birth: date, sex: str) -> str:
        """A number of the right form that nobody can have, and nobody else here has."""
        while True:
            number = make_id_number(self.rnd.choice(CANCELLED_REGIONS), birth, sex, self.rnd)
            if number not in self._numbers:
                self._numbers.add(number)
                return number

    def home(self) -> Home:
        county = self.rnd.choices(list(COUNTIES), WEIGHTS)[0]
        return Home(county, self.rnd.choice(COUNTIES[county]))

    def address(self, home: Home) -> str:
        """The rest of an address, below the county."""
        rnd = self.rnd
        if home.rural:
            return f"{home.street}{rnd.randrange(1, 9)}组{rnd.randrange(1, 180)}号"
        return f"{home.street}{rnd.randrange(1, 260)}号{rnd.randrange(1, 12)}栋{rnd.randrange(101, 2604)}室"

    def bank_card(self) -> str:
        return f"6299{self.rnd.randrange(10**14, 10**15)}"
