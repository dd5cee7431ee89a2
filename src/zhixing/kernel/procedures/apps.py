from django.apps import AppConfig


class ProceduresConfig(AppConfig):
    name = "zhixing.kernel.procedures"
    label = "procedures"
    verbose_name = "流程"
