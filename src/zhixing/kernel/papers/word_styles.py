"""The named styles of every Word paper, so that an office mends a look once and not paragraph by paragraph."""

from __future__ import annotations

from dataclasses import dataclass

from .looks import FACES, IMPRINT, LATIN, RED, TITLE

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


@dataclass(frozen=True)
class Style:
    """One paragraph style; ``points`` 0 and ``face`` blank: as Normal (3号仿宋). ``more``: settings of paragraphs."""

    code: str
    name: str
    face: str = ""
    points: float = 0
    more: str = ""
    colour: str = ""
    bold: bool = False


INDENT = '<w:ind w:firstLineChars="200" w:firstLine="640"/>'
NO_GRID = '<w:snapToGrid w:val="0"/>'
CENTER, RIGHT, LEFT = (f'<w:jc w:val="{side}"/>' for side in ("center", "right", "left"))


def exact(points: float) -> str:
    return f'<w:spacing w:line="{round(points * 20)}" w:lineRule="exact"/>'


def least(points: float) -> str:
    return f'<w:spacing w:line="{round(points * 20)}" w:lineRule="atLeast"/>'


def outline(level: int) -> str:
    return f'<w:outlineLvl w:val="{level}"/>'


STYLES = (
    Style("Marks", "份号密级", "hei", more=LEFT),
    Style("Organ", "发文机关标志", "title", 46, NO_GRID + '<w:spacing w:before="120" w:after="0"/>' + CENTER, RED),
    Style("Number", "发文字号", more=CENTER),
    Style("Keeper", "编制单位", "title", 16, NO_GRID + exact(26) + CENTER),
    Style("PaperTitle", "公文标题", "title", TITLE, "<w:keepNext/>" + NO_GRID + exact(35) + CENTER + outline(0)),
    Style("FormNumber", "表单编号", points=12, more=NO_GRID + exact(22) + RIGHT),
    Style("Addressee", "主送机关", more=LEFT),
    Style("PaperText", "公文正文", more=INDENT),
    Style("Level1", "一级标题", "hei", more="<w:keepNext/>" + INDENT + outline(1)),
    Style("Level2", "二级标题", "kai", more="<w:keepNext/>" + INDENT + outline(2)),
    Style("Level3", "三级标题", more=INDENT + outline(3)),
    Style("Level4", "四级标题", more=INDENT + outline(4)),
    Style("Labelled", "纪要条目", more=LEFT),
    Style("Attachments", "附件说明", more="<w:keepNext/>" + LEFT),
    Style("AnnexLabel", "附件标识", "hei", more="<w:keepNext/>" + LEFT + outline(0)),
    Style("Signer", "发文机关署名", more="<w:keepNext/>" + RIGHT),
    Style("DateLine", "成文日期", more=RIGHT),
    Style("Imprint", "版记", points=IMPRINT, more=NO_GRID + least(24) + LEFT),
    Style("Caption", "表格标题", "hei", 14, "<w:keepNext/>" + NO_GRID + exact(26) + CENTER),
    Style("TableHead", "表头", "hei", 12, "<w:keepNext/>" + NO_GRID + CENTER),
    Style("TableText", "表格文字", points=12, more=NO_GRID),
    Style("FormLabel", "表单标签", "hei", 12, NO_GRID + least(18) + CENTER),
    Style("FormText", "表单内容", points=12, more=NO_GRID + least(18) + LEFT),
    Style("TearLine", "裁切线", points=9, more="<w:keepNext/>" + NO_GRID + CENTER),
    Style("SlipTitle", "回执标题", "title", 18, "<w:keepNext/>" + NO_GRID + exact(32) + CENTER),
    Style("Signing", "签字栏", points=14, more="<w:keepNext/>" + NO_GRID + exact(30) + LEFT),
    Style("PictureLine", "图片", more="<w:keepNext/>" + NO_GRID + CENTER),
    Style("PictureCaption", "图片说明", points=12, more=NO_GRID + CENTER),
    Style("PageNo", "页码", "song", 14, NO_GRID),
    Style("DraftMark", "草稿标记", "hei", 12, NO_GRID + CENTER, "8A8A8A"),
)


def fonts(face: str, latin: str = LATIN) -> str:
    """All four font slots named, so that no theme decides; quotation marks and dashes count as Chinese."""
    name = FACES[face].word
    return f'<w:rFonts w:ascii="{latin}" w:hAnsi="{latin}" w:cs="{latin}" w:eastAsia="{name}" w:hint="eastAsia"/>'


def _style(style: Style) -> str:
    size = (
        f'<w:sz w:val="{round(style.points * 2)}"/><w:szCs w:val="{round(style.points * 2)}"/>' if style.points else ""
    )
    face = fonts(style.face, FACES["song"].word if style.face == "song" else LATIN) if style.face else ""
    colour = f'<w:color w:val="{style.colour}"/>' if style.colour else ""
    return (
        f'<w:style {W} w:type="paragraph" w:customStyle="1" w:styleId="{style.code}"><w:name w:val="{style.name}"/>'
        f'<w:basedOn w:val="Normal"/><w:qFormat/><w:pPr>{in_order(style.more)}</w:pPr>'
        f"<w:rPr>{face}{colour}{size}</w:rPr></w:style>"
    )


ORDER = ("keepNext", "pageBreakBefore", "snapToGrid", "spacing", "ind", "jc", "outlineLvl")
"""The order in which the schema wants paragraph settings."""


def in_order(settings: str) -> str:
    """The same settings, in the order of the schema."""
    parts = [f"<{part}" for part in settings.split("<") if part]
    return "".join(sorted(parts, key=lambda part: ORDER.index(part[3:].split(" ")[0].rstrip("/>"))))


def styles_xml() -> str:
    """styles.xml: Normal is 3号仿宋 on the grid, justified; nothing comes from a theme."""
    normal = (
        '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/>'
        '<w:pPr><w:widowControl w:val="0"/><w:autoSpaceDE w:val="0"/><w:autoSpaceDN w:val="0"/>'
        f'<w:jc w:val="both"/></w:pPr><w:rPr>{fonts("body")}<w:kern w:val="2"/><w:sz w:val="32"/>'
        '<w:szCs w:val="32"/><w:lang w:val="en-US" w:eastAsia="zh-CN" w:bidi="ar-SA"/></w:rPr></w:style>'
    )
    table = (
        '<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/>'
        '<w:uiPriority w:val="99"/><w:semiHidden/><w:unhideWhenUsed/><w:tblPr><w:tblInd w:w="0" w:type="dxa"/>'
        '<w:tblCellMar><w:top w:w="28" w:type="dxa"/><w:left w:w="85" w:type="dxa"/><w:bottom w:w="28" w:type="dxa"/>'
        '<w:right w:w="85" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style>'
    )
    sides = ("top", "left", "bottom", "right", "insideH", "insideV")
    lines = "".join(f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="auto"/>' for side in sides)
    grid = (
        '<w:style w:type="table" w:customStyle="1" w:styleId="PaperTable"><w:name w:val="公文表格"/>'
        f'<w:basedOn w:val="TableNormal"/><w:tblPr><w:tblBorders>{lines}</w:tblBorders></w:tblPr></w:style>'
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:styles {W}><w:docDefaults><w:rPrDefault><w:rPr>'
        f'{fonts("body")}<w:sz w:val="32"/><w:szCs w:val="32"/></w:rPr></w:rPrDefault>'
        f"<w:pPrDefault/></w:docDefaults>{normal}"
        '<w:style w:type="character" w:default="1" w:styleId="DefaultParagraphFont">'
        '<w:name w:val="Default Paragraph Font"/><w:uiPriority w:val="1"/><w:semiHidden/></w:style>'
        '<w:style w:type="numbering" w:default="1" w:styleId="NoList"><w:name w:val="No List"/>'
        '<w:uiPriority w:val="99"/><w:semiHidden/></w:style>'
        f"{table}{grid}{''.join(_style(style) for style in STYLES)}</w:styles>"
    )


def font_table_xml() -> str:
    """fontTable.xml: under which other names a missing face may be found, and that they are Chinese faces."""
    found = "".join(
        f'<w:font w:name="{face.word}"><w:altName w:val="{",".join(face.also)}"/><w:charset w:val="86"/>'
        '<w:family w:val="auto"/><w:pitch w:val="variable"/></w:font>'
        for face in FACES.values()
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:fonts {W}>{found}'
        f'<w:font w:name="{LATIN}"><w:charset w:val="00"/><w:family w:val="roman"/><w:pitch w:val="variable"/></w:font>'
        "</w:fonts>"
    )


SETTINGS = (
    f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:settings {W}><w:zoom w:percent="100"/>'
    "<w:evenAndOddHeaders/><w:bordersDoNotSurroundHeader/><w:bordersDoNotSurroundFooter/>"
    '<w:drawingGridVerticalSpacing w:val="289"/><w:characterSpacingControl w:val="compressPunctuation"/>'
    "<w:compat><w:spaceForUL/><w:balanceSingleByteDoubleByteWidth/><w:doNotLeaveBackslashAlone/>"
    "<w:ulTrailSpace/><w:doNotExpandShiftReturn/><w:adjustLineHeightInTable/><w:useFELayout/>"
    '<w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/>'
    '</w:compat><w:themeFontLang w:val="en-US" w:eastAsia="zh-CN"/></w:settings>'
)
