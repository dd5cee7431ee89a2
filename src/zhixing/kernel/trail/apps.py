from django.apps import AppConfig
from django.db.models.signals import post_migrate


class TrailConfig(AppConfig):
    name = "zhixing.kernel.trail"
    label = "trail"
    verbose_name = "审计"

    def ready(self) -> None:
        from .guards import install_guards  # app ready

        post_migrate.connect(install_guards, dispatch_uid="trail.install_guards")
