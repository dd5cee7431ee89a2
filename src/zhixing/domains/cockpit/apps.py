from django.apps import AppConfig


class CockpitConfig(AppConfig):
    name = "zhixing.domains.cockpit"
    label = "cockpit"
    verbose_name = "工作台"
