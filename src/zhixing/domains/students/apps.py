from django.apps import AppConfig


class StudentsConfig(AppConfig):
    name = "zhixing.domains.students"
    label = "students"
    verbose_name = "学生"
