from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "zhixing.kernel.files"
    label = "files"
    verbose_name = "文件"
