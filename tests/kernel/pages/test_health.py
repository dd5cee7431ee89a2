"""Watchers learn whether the site works, strangers learn nothing."""

import pytest
from django.utils import timezone

from zhixing.kernel.jobs.models import Worker

pytestmark = pytest.mark.django_db


def test_alive_needs_nothing(client):
    assert client.get("/livez/").content == b"ok"


def test_ready_names_what_is_missing(client):
    answer = client.get("/readyz/")
    assert (answer.status_code, answer.json()["missing"]) == (503, ["worker"])
    Worker.objects.create(name="w", seen_at=timezone.now())
    assert client.get("/readyz/").status_code == 200


def test_ready_is_told_to_this_machine_only(client):
    assert client.get("/readyz/", REMOTE_ADDR="10.1.2.3").status_code == 404
