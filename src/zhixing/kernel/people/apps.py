from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate


class PeopleConfig(AppConfig):
    name = "zhixing.kernel.people"
    label = "people"
    verbose_name = "人员与权限"

    def ready(self) -> None:
        from . import systemchecks  # noqa: F401  # app ready
        from .exclusion import install_exclusion  # app ready
        from .walls import install_walls, lift_triggers  # app ready

        pre_migrate.connect(lift_triggers, sender=self, dispatch_uid="people.lift_triggers")
        post_migrate.connect(install_walls, sender=self, dispatch_uid="people.install_walls")
        post_migrate.connect(install_exclusion, sender=self, dispatch_uid="people.install_exclusion")
