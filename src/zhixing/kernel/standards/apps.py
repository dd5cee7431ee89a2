from django.apps import AppConfig


class StandardsConfig(AppConfig):
    name = "zhixing.kernel.standards"
    label = "standards"
    verbose_name = "标准"
