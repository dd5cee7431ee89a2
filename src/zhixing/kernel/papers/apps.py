from django.apps import AppConfig
from django.db.models.signals import post_migrate


class PapersConfig(AppConfig):
    name = "zhixing.kernel.papers"
    label = "papers"
    verbose_name = "公文与表单"

    def ready(self) -> None:
        from .guards import install_guards  # app ready

        post_migrate.connect(install_guards, sender=self, dispatch_uid="papers.install_guards")
