from django.apps import AppConfig


class KernelConfig(AppConfig):
    """Comes last, so that every room is there to be collected from."""

    name = "zhixing.kernel"
    label = "kernel"
    verbose_name = "核心"

    def ready(self) -> None:
        from .collect import collect  # app ready

        collect()
