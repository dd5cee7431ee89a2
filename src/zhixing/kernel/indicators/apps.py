from django.apps import AppConfig


class IndicatorsConfig(AppConfig):
    name = "zhixing.kernel.indicators"
    label = "indicators"
    verbose_name = "指标"
