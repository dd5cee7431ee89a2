from django.apps import AppConfig
from django.db.models.signals import post_migrate


class TrailConfig(AppConfig):
    name = "zhixing.kernel.trail"
    label = "trail"
    verbose_name = "审计"

    def ready(self) -> None:
        from ..people.witness import heard_by  # app ready
        from .guards import install_guards  # app ready
        from .record import record  # app ready

        heard_by(record)
        post_migrate.connect(install_guards, sender=self, dispatch_uid="trail.install_guards")
