"""The demo's sign-ins, readable before anything else is loaded."""

PASSWORD = "maijing-demo-88"  # noqa: S105 – a demo's password is meant to be read
"""Shared by every demo account."""

LOGINS = (
    ("agent", "客服专员", "Service agent"),
    ("lead", "客服主管", "Supervisor"),
    ("manager", "经理", "Manager"),
    ("clerk", "店员", "Store clerk"),
    ("store", "店长", "Store manager"),
    ("qa", "部门调查员（质检）", "Investigator, quality"),
    ("production", "部门调查员（产品与采购）", "Investigator, products and purchasing"),
    ("logistics", "部门调查员（物流）", "Investigator, logistics"),
    ("tech", "部门调查员（技术）", "Investigator, engineering"),
    ("finance", "财务（只读）", "Finance, reads only"),
    ("admin", "系统管理员", "Administrator"),
    ("auditor", "审计员（只读）", "Auditor, reads only"),
)
"""One account per role, and one per department that investigates: what the first screen of the command line names."""
