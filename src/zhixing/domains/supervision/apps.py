from django.apps import AppConfig


class SupervisionConfig(AppConfig):
    name = "zhixing.domains.supervision"
    label = "supervision"
    verbose_name = "督办"
