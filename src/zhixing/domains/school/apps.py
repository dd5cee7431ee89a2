from django.apps import AppConfig


class SchoolConfig(AppConfig):
    name = "zhixing.domains.school"
    label = "school"
    verbose_name = "学校"
