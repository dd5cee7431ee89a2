from django.apps import AppConfig
from django.db.models.signals import post_migrate


class IndicatorsConfig(AppConfig):
    name = "zhixing.kernel.indicators"
    label = "indicators"
    verbose_name = "指标"

    def ready(self) -> None:
        from .guards import install_guards  # app ready

        post_migrate.connect(install_guards, sender=self, dispatch_uid="indicators.install_guards")
