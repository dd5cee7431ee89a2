"""The words by which plan documents name their parts. Collected from real plans of schools, cities and provinces."""

from __future__ import annotations

import re

COUNTERS = (
    "任务", "行动", "专项行动", "专项", "阶段", "步", "目标", "措施", "举措", "工程", "项目", "重点任务", "重点工作",
    "要点", "方面", "环节", "活动",
)  # fmt: skip

STAGES = re.compile(r"阶段|步骤|时间安排|进度安排|实施进度|进度计划|时间表|推进安排|实施安排|日程")
ORGANISING = re.compile(r"组织实施|实施要求|推进实施|实施推进")
SAFEGUARDS = re.compile(
    r"保障|工作要求|有关要求|相关要求|几点要求|组织领导|组织机构|领导机构|加强领导|督促检查|检查考核|考核评价|纪律要求|监督考核|督导"
)
ACTIONS = re.compile(
    r"任务|举措|重点工作|工作内容|工作重点|主要内容|主要措施|具体措施|重点措施|工作措施|行动内容|主要行动|重点行动|六大行动"
    r"|实施内容|建设内容|工作安排|重点项目|主要工作"
)
GOALS = re.compile(r"目标")
PREAMBLE = re.compile(
    r"指导思想|总体要求|总体思路|工作思路|基本原则|工作原则|背景|意义|基本要求|制定依据|总则|前言|引言|认识|现状"
)
PRINCIPLES = re.compile(r"基本原则|工作原则|实施原则")
ATTACHMENT = re.compile(r"\s*附\s*[件表录]\s*([一二三四五六七八九十\d]{0,3})\s*(?:[:.、]\s*(.*)|\s+(\S.{0,60})|$)")
ALONE = re.compile(
    r"(?:指导思想|总体要求|总体思路|基本原则|(?:工作|总体|主要|实施|建设|行动)?目标|目标任务|(?:主要|重点|工作|行动)任务|工作内容"
    r"|主要(?:内容|措施|举措)|重点工作|组织实施|(?:实施|工作|方法)步骤|(?:时间|进度|步骤|实施)安排|保障措施|工作要求|组织(?:领导|保障)"
    r"|工作保障|实施阶段|任务(?:和|与|及)措施)[:。]?"
)
"""Headings that say by themselves what they open, number or not."""

KINDS_OF_ACTION = ("行动", "工程", "专项", "计划", "活动", "项目")
DOCUMENT = re.compile(
    r"(?:方案|计划|规划|意见|细则|办法|要点|纲要|安排|通知|任务分解表|分工表|任务表|任务清单|责任清单|责任分解表|台账|一览表)$"
)
PLAN = re.compile(
    r"(?:方案|计划|规划|意见|细则|要点|纲要|任务分解表|分工表|任务表|任务清单|责任清单|责任分解表|一览表)$"
)
