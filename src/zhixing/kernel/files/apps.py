from django.apps import AppConfig
from django.db.models.signals import post_migrate


class FilesConfig(AppConfig):
    name = "zhixing.kernel.files"
    label = "files"
    verbose_name = "文件"

    def ready(self) -> None:
        from .guards import install_guards  # app ready

        post_migrate.connect(install_guards, sender=self, dispatch_uid="files.install_guards")
