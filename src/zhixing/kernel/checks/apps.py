from django.apps import AppConfig


class ChecksConfig(AppConfig):
    name = "zhixing.kernel.checks"
    label = "checks"
    verbose_name = "核查"
