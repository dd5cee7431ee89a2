from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "zhixing.domains.portal"
    label = "portal"
    verbose_name = "公开专栏"
