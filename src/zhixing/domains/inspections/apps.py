from django.apps import AppConfig


class InspectionsConfig(AppConfig):
    name = "zhixing.domains.inspections"
    label = "inspections"
    verbose_name = "检查与来件"
