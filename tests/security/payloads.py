"""What attackers type. Each set is tried in every place that takes words of a user."""

SQL = (
    "'", "\"", "' OR '1'='1", "'; DROP TABLE people_user; --", "1); SELECT pg_sleep(3); --",
    "' AND 1=randomblob(900000000) --", "%' ESCAPE '", "\\", "%s %(x)s {0}", "1 UNION SELECT password FROM people_user",
    "\u02bc\uff07", "a\x00b", "9" * 400, "-1", "2026-02-30", "2026-13-45", "0001-01-01", "99999-01-01",
)  # fmt: skip
NAMES = (
    "password", "tenant__name", "name'); --", "name desc; select 1", "id_number", "user__password", "name__regex",
    "pk__in", "tenant_id", "class_group__tenant__code", "-", "--name", "?", "name.password", "name\x00", "__class__",
    "GENDER\tor 1=1", "name AS x", "id_number_index", "class_group__unit__path__startswith",
)  # fmt: skip
SCRIPTS = (
    "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "'><svg/onload=alert(1)>", "javascript:alert(1)",
    "{{7*7}}", "${7*7}", "{% raw %}", "</textarea><script>x</script>", "<a href=\"javascript:alert(1)\">x</a>",
    "\" autofocus onfocus=alert(1) x=\"", "<iframe srcdoc='<script>x</script>'>", "<style>*{display:none}</style>",
    "--><script>x</script>", "]]><script>x</script>", "\\u003cscript\\u003e", "&lt;script&gt;x", "<ScRiPt>x</sCrIpT>",
    "` onmouseover=`x", "<math><mi xlink:href=\"data:x,<script>x</script>\">", "<meta http-equiv=refresh content=0>",
)  # fmt: skip
FORMULAS = (
    "=cmd|'/c calc'!A0", "+1+1", "-1+1", "@SUM(A1)", "\t=1+1", "\r=1+1", "＝1+1", "＋1", "－1", "＠x",
    "=HYPERLINK(\"http://x\",\"y\")", "=WEBSERVICE(\"http://x\")",
)  # fmt: skip
ELSEWHERE = ("//evil.example", "\\\\evil.example", "/\\evil.example", "https://evil.example/", "javascript:alert(1)",
             "/\t/evil.example", "///evil.example", "http:evil.example")  # fmt: skip
