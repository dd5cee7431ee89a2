from django.apps import AppConfig


class PlansConfig(AppConfig):
    name = "zhixing.domains.plans"
    label = "plans"
    verbose_name = "提升计划"
