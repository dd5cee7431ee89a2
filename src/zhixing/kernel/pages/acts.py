"""What an act in the trail is called in Chinese."""

from __future__ import annotations

WORDS = {
    "view": "查看", "reveal": "查看明文", "add": "新增", "create": "新增", "change": "修改", "correct": "更正",
    "delete": "删除", "remove": "移除", "export": "导出", "export_plain": "导出明文", "import": "导入",
    "apply": "写入", "undo": "撤销", "approve": "批准", "refuse": "驳回", "share": "共享", "download": "下载",
    "sign_in": "登录", "sign_out": "退出", "assign": "交办", "start": "开始", "request_closure": "申请复查",
    "close": "销号", "send_back": "退回", "dismiss": "认定误报", "waive": "豁免", "reopen": "重新立案",
    "grant": "授予角色", "revoke": "收回角色", "activate": "激活", "deactivate": "停用", "step_up": "再次验证身份",
    "verify": "核查", "upload": "上传", "print": "打印", "enrol": "录入学籍", "override": "调整标准", "cancel": "取消",
    "create_user": "新建账号", "change_user": "修改账号", "close_user": "停用账号", "reopen_user": "恢复账号",
    "unlock_user": "解除锁定", "set_password": "设置密码", "use_recovery_code": "使用备用码",
    "make_recovery_codes": "重新生成备用码", "enable_second_factor": "启用两步验证",
    "remove_second_factor": "关闭两步验证", "issue_activation_code": "签发激活码", "assign_role": "授予角色",
    "end_assignment": "终止授权", "change_role": "修改角色", "spray_detected": "发现异常登录", "access": "访问",
    "close_sessions": "结束登录会话", "appoint": "任命", "tutor": "安排班主任", "relapse": "问题复发",
    "report": "填报整改", "hand_over": "移交", "open_account": "开通账号", "offer": "开设", "move": "调动",
    "load": "载入", "leave": "离校", "recover": "恢复", "mend": "修正", "map": "对应列", "edit": "修改",
    "confirm": "确认", "ask_undo": "申请撤销", "abandon": "放弃", "attach": "添加材料", "away": "离岗或返岗",
    "status": "学籍异动", "class": "调整班级", "major": "转专业", "photo": "上传照片", "remove_guardian": "移除监护人",
    "reset_second_factor": "重置两步验证", "papers.issue": "印发", "papers.cancel": "作废",
    "new_edition": "上传新版本", "use": "用作佐证", "withdraw": "撤回",
    "accept": "采信", "freeze": "冻结", "retire": "停用", "verify_evidence": "校验", "set_target": "设定目标",
    "withdraw_target": "撤销目标", "bundle": "打包", "study": "学习", "overview": "查看汇总",
    "sign_reading": "签收学习", "answer_quiz": "测验答题", "set_questions": "出题", "set_targets": "设定学习范围",
    "set_figures": "设定公开指标", "note_consent": "登记肖像同意", "remove_picture": "移除图片",
    "mark_replaced": "标记已被替代",
    "supports": "调整协办部门", "remind": "催办", "card": "亮牌", "ask_extension": "申请延期",
    "decide_extension": "审批延期", "extend": "延期", "follow": "随督办单更新", "invite": "确定参会人员",
    "arrange": "调整次序",
    "minutes": "写纪要", "raise": "列入台账", "link": "关联", "note": "批示", "chase": "催报", "propose": "提交议题",
    "decide": "审批", "attend": "签到", "order_decisions": "决议转督办", "submit": "提交", "issue": "印发",
    "open": "开放",
    "review": "审核", "settle": "认定", "supervision.order.report": "填报进展",
    "supervision.order.issue": "交办",
    "supervision.order.settle": "审核办结", "supervision.order.assign": "改派", "order": "转督办",
    "plans.read": "导入方案文本", "plans.review": "校对方案", "plans.undo": "撤销校对", "plans.take_effect": "方案生效",
    "take_effect": "生效", "plans.drop": "放弃文本",
    "plans.adopt": "载入国家方案", "plans.propose_matches": "匹配上级任务",
    "plans.answer_with": "核对上级任务", "plans.assign": "分工",
    "end": "结束", "make": "生成", "sign": "登记签订",
}  # fmt: skip


def act(action: str) -> str:
    """The word for ``app.model.verb`` or a bare verb; a step of a procedure is called by its label."""
    from ..procedures.declare import procedures  # app ready

    verb = action.rpartition(".")[2]
    if action in WORDS or verb in WORDS:
        return WORDS.get(action) or WORDS[verb]
    for procedure in procedures:
        for step in procedure.steps:
            if step.name == verb:
                return str(step.label)
    return "办理"
