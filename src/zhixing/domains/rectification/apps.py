from django.apps import AppConfig


class RectificationConfig(AppConfig):
    name = "zhixing.domains.rectification"
    label = "rectification"
    verbose_name = "整改"
