from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "zhixing.kernel.notices"
    label = "notices"
    verbose_name = "消息"
