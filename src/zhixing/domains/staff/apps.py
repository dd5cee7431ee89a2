from django.apps import AppConfig


class StaffConfig(AppConfig):
    name = "zhixing.domains.staff"
    label = "staff"
    verbose_name = "教职工"
