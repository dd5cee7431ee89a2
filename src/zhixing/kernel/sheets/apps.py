from django.apps import AppConfig


class SheetsConfig(AppConfig):
    name = "zhixing.kernel.sheets"
    label = "sheets"
    verbose_name = "表格"
