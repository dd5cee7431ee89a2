from django.apps import AppConfig
from django.db.models.signals import post_migrate


class PlansConfig(AppConfig):
    name = "zhixing.domains.plans"
    label = "plans"
    verbose_name = "提升计划"

    def ready(self) -> None:
        from .models.stages import install_guards  # app ready

        post_migrate.connect(install_guards, sender=self, dispatch_uid="plans.install_guards")
