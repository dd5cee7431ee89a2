from django.apps import AppConfig


class PagesConfig(AppConfig):
    name = "zhixing.kernel.pages"
    label = "pages"
    verbose_name = "页面"
