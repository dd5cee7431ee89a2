"""Jobs: once per key, leased, fenced, and never run for a school outside its scope."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from zhixing.kernel.base.tenancy import current_tenant
from zhixing.kernel.jobs.declare import JobKind, jobs
from zhixing.kernel.jobs.lease import take_next
from zhixing.kernel.jobs.models import Job, State
from zhixing.kernel.jobs.queue import enqueue
from zhixing.kernel.jobs.worker import execute, run_pending

pytestmark = pytest.mark.django_db


@pytest.fixture
def kind():
    """A job kind for one test, put on the closed shelf by hand."""
    made = []

    def put(work, code="test.work"):
        jobs._shelf[code] = JobKind(code, "试验", work, None)
        made.append(code)
        return code

    yield put
    for code in made:
        del jobs._shelf[code]


def test_runs_in_the_scope_of_its_school_and_keeps_its_result(school, kind):
    code = kind(lambda progress: {"tenant": current_tenant(), "n": progress.arguments["n"]})
    job = enqueue(code, "试验", by=None, n=7)
    assert run_pending() == 1
    job.refresh_from_db()
    assert (job.state, job.result) == (State.DONE, {"tenant": school.pk, "n": 7})


def test_one_live_job_per_key(school, kind):
    code = kind(lambda progress: None)
    first = enqueue(code, "试验", by=None, key="k")
    assert enqueue(code, "试验", by=None, key="k") == first
    run_pending()
    assert enqueue(code, "试验", by=None, key="k") != first


def test_a_failure_is_a_plain_message(school, kind):
    def refuse(progress):
        raise ValidationError("第 3 行缺少姓名")

    job = enqueue(kind(refuse), "试验", by=None)
    run_pending()
    job.refresh_from_db()
    assert (job.state, job.error) == (State.FAILED, "第 3 行缺少姓名")


def test_a_late_worker_changes_nothing(school, kind):
    job = enqueue(kind(lambda progress: {"by": "second"}), "试验", by=None)
    _, stale = take_next("first")
    Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    taken = take_next("second")
    assert taken is not None
    assert not stale.renew(1, 2, "迟到")
    assert not stale.finish(State.DONE, result={"by": "first"})
    execute(*taken)
    job.refresh_from_db()
    assert job.result == {"by": "second"}


def test_a_cancelled_job_stops_at_its_next_word(school, kind):
    def work(progress):
        Job.objects.update(cancel_asked=True)
        progress.say(1, 10)

    job = enqueue(kind(work), "试验", by=None)
    run_pending()
    job.refresh_from_db()
    assert job.state == State.CANCELLED


def test_gives_up_after_three_deaths(school, kind):
    job = enqueue(kind(lambda progress: None), "试验", by=None)
    for _ in range(3):
        assert take_next("mortal")
        Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert take_next("mortal") is None
    job.refresh_from_db()
    assert job.state == State.FAILED
    assert "中断" in job.error
