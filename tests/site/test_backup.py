"""Backup and restore from the command line, on the engine this run of the tests is on: all is there again, or nothing.

Everything happens in installations of its own under a temporary folder, driven as an operator drives them.
"""

from __future__ import annotations

import gzip
import io
import os
import resource
import shutil
import sqlite3
import subprocess
import sys
import tarfile
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import pytest
from django.conf import settings

from zhixing.kernel.people.keys import create_master_key, forget_keys
from zhixing.site.backups import BackupFailed
from zhixing.site.backups.archive import unpack
from zhixing.site.backups.envelope import (
    OpeningReader,
    SealingWriter,
    make_key_pair,
    read_private_key,
)
from zhixing.site.backups.restoring import Place, restore

ROOT = Path(__file__).resolve().parents[2]
ON_POSTGRES = settings.DATABASES["default"]["ENGINE"].endswith("postgresql")

FURNISH = """
import io
from datetime import datetime, timezone
import django; django.setup()
from zhixing.kernel.base.tenancy import tenant_scope
from zhixing.kernel.files.store import store
from zhixing.kernel.people.models import Tenant, User, Session
from zhixing.kernel.people.roles import furnish_roles
from zhixing.kernel.trail.record import record
from zhixing.kernel.trail.sealer import seal_pending
at = datetime.now(timezone.utc)
for number in (1, 2):
    tenant = Tenant.objects.create(code=f"t{number}", name=f"第{number}学校")
    with tenant_scope(tenant.pk):
        furnish_roles(tenant)
        for one in range(30):
            user = User.objects.create(tenant=tenant, account=f"u{one}", name="张三", phone=f"1980000{number}{one:03d}")
            record(action="add", by=None, at=at, on=user, changes={"name": [None, "张三"]})
        store(io.BytesIO("佐证材料".encode()), name="佐证.txt", purpose="佐证", on=user, by=user)
Session.objects.create(session_key="left-open", session_data="x", expire_date=at, user=user)
print(seal_pending())
"""


@dataclass
class Installation:
    """One installation: its folder of data, its database, and commands run in it."""

    var: Path
    environment: dict[str, str] = field(default_factory=dict)

    def run(self, *words: object, **kwargs: object) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", *map(str, words)]
        return subprocess.run(
            command, env=self.environment, capture_output=True, text=True, timeout=110, cwd=self.var, **kwargs
        )

    def zhixing(self, *words: object, **kwargs: object) -> subprocess.CompletedProcess[str]:
        return self.run("zhixing", *words, **kwargs)


@pytest.fixture(scope="module")
def new_database() -> Iterator[Callable[[], str]]:
    """Addresses of fresh empty databases: none at all on SQLite, where the folder decides."""
    if not ON_POSTGRES:
        yield lambda: ""
        return
    import psycopg

    server = settings.DATABASES["default"]
    made: list[str] = []
    reach = {"host": server["HOST"], "port": server["PORT"] or None, "user": server["USER"]}
    with psycopg.connect(**reach, password=server["PASSWORD"], dbname="postgres", autocommit=True) as connection:

        def make() -> str:
            name = f"backup_{uuid.uuid4().hex[:12]}"
            connection.execute(f'CREATE DATABASE "{name}"')
            made.append(name)
            signs = f"{quote(server['USER'])}:{quote(server['PASSWORD'] or '')}@{quote(server['HOST'], safe='')}"
            return f"postgresql://{signs}{':' + str(server['PORT']) if server['PORT'] else ''}/{name}"

        yield make
        for name in made:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}"')


def install(folder: Path, url: str) -> Installation:
    folder.mkdir(parents=True, exist_ok=True)
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("ZHIXING_", "DATABASE_"))}
    kept |= {"PYTHONPATH": str(ROOT / "src"), "DJANGO_SETTINGS_MODULE": "zhixing.site.settings"}
    if os.environ.get("ZHIXING_POSTGRES_BIN"):
        kept["ZHIXING_POSTGRES_BIN"] = os.environ["ZHIXING_POSTGRES_BIN"]
    return Installation(folder, {**kept, "ZHIXING_VAR": str(folder), "DATABASE_URL": url})


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, new_database: Callable[[], str]) -> Installation:
    """An installation with two schools, sealed values, files and a sealed trail; its key pair is made."""
    house = install(tmp_path_factory.mktemp("running"), new_database())
    create_master_key(house.var / "keys" / "master.key")
    assert house.run("django", "migrate", "--skip-checks", "-v0").returncode == 0
    furnished = subprocess.run(
        [sys.executable, "-c", FURNISH], env=house.environment, capture_output=True, text=True, timeout=110
    )
    assert furnished.returncode == 0, furnished.stderr
    assert int(furnished.stdout) >= 60
    made = house.zhixing("backup", "--make-key", house.var.parent / "offline.pem")
    assert made.returncode == 0, made.stderr
    return house


@pytest.fixture(scope="module")
def key(running: Installation) -> Path:
    return running.var.parent / "offline.pem"


@pytest.fixture(scope="module")
def archive(running: Installation, key: Path) -> Path:
    done = running.zhixing("backup", "--to", running.var.parent / "backups")
    assert done.returncode == 0, done.stderr
    (made,) = (running.var.parent / "backups").iterdir()
    return made


def elsewhere(folder: Path, running: Installation, url: str) -> Installation:
    """Another machine, which was given the master key."""
    house = install(folder, url)
    (folder / "keys").mkdir(parents=True)
    shutil.copy(running.var / "keys" / "master.key", folder / "keys" / "master.key")
    return house


def contents(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()} - {"keys/secret.key"}


def test_all_is_there_again(
    running: Installation, archive: Path, key: Path, tmp_path: Path, new_database: Callable[[], str]
) -> None:  # fmt: skip
    house = elsewhere(tmp_path / "new", running, new_database())
    done = house.zhixing("restore", archive, "--key", key)
    assert done.returncode == 0, done.stderr
    assert "逐表比对一致" in done.stdout
    assert "审计链检验通过" in done.stdout
    asked = """
import django; django.setup()
from zhixing.kernel.base.tenancy import across_tenants
from zhixing.kernel.people.models import Session, User
from zhixing.kernel.people.sealing import login_index, open_sealed
with across_tenants("test"):
    user = User.objects.get(phone_login=login_index("19800002007"))
    print(open_sealed(user, "phone"), User.objects.count(), Session.objects.count())
"""
    seen = subprocess.run(
        [sys.executable, "-c", asked], env=house.environment, capture_output=True, text=True, timeout=60
    )
    assert seen.stdout.split() == ["19800002007", "60", "0"], seen.stderr
    kept = {path.name: path.read_bytes() for path in (house.var / "files").rglob("*") if path.is_file()}
    assert kept == {path.name: path.read_bytes() for path in (running.var / "files").rglob("*") if path.is_file()}
    assert len(kept) == 2
    if not ON_POSTGRES:  # the guards that keep schools apart came along
        with sqlite3.connect(house.var / "zhixing.sqlite3") as there:
            assert there.execute("SELECT count(*) FROM sqlite_master WHERE name LIKE 'wall_%'").fetchone()[0] > 10
    again = house.zhixing("restore", archive, "--key", key)
    assert again.returncode == 1
    assert "已有数据" in again.stderr


def test_a_drill_leaves_nothing_behind(running: Installation, archive: Path, key: Path) -> None:
    before = contents(running.var)
    done = running.zhixing("restore", archive, "--key", key, "--verify")
    assert done.returncode == 0, done.stderr
    assert "演练通过" in done.stdout
    assert contents(running.var) == before


def test_an_archive_shows_nothing_without_the_private_key(running: Installation, archive: Path) -> None:
    assert (archive.stat().st_mode & 0o777) == 0o600
    sealed = archive.read_bytes()
    assert b"19800001001" not in sealed
    assert "张三".encode() not in sealed
    assert not sealed.startswith(b"\x1f\x8b")
    server_side = {path for path in running.var.rglob("*") if path.is_file() and b"PRIVATE KEY" in path.read_bytes()}
    assert server_side == set()


@pytest.fixture
def refused(running: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., str]]:
    """``refused(archive, key)``: the words of a refusal that wrote nothing, with the right master key at hand."""
    monkeypatch.setattr(settings, "MASTER_KEY", (running.var / "keys" / "master.key").read_text())
    forget_keys()

    def ask(archive: Path, key: Path | None) -> str:
        target = tmp_path / "target"
        place = Place({"ENGINE": "django.db.backends.sqlite3", "NAME": target / "db.sqlite3"}, target / "files")
        with pytest.raises(BackupFailed) as told:
            restore(archive, read_private_key(key) if key else None, place, lambda what, size: None)
        assert not target.exists()
        return str(told.value)

    yield ask
    forget_keys()


def refused_at_the_command_line(house: Installation, *words: object) -> str:
    before = contents(house.var)
    done = house.zhixing("restore", *words)
    assert done.returncode == 1, done.stdout
    assert "Traceback" not in done.stderr
    assert contents(house.var) == before
    return done.stderr


@pytest.fixture
def empty(running: Installation, tmp_path: Path, new_database: Callable[[], str]) -> Installation:
    return elsewhere(tmp_path / "empty", running, new_database())


@pytest.mark.parametrize("place", [3, 40, 70, 5000, -1])
def test_one_flipped_bit_is_refused(
    place: int, refused: Callable[..., str], archive: Path, key: Path, tmp_path: Path
) -> None:  # fmt: skip
    data = bytearray(archive.read_bytes())
    data[place] ^= 0x10
    (tmp_path / "bad.zxb").write_bytes(data)
    assert refused(tmp_path / "bad.zxb", key)


def test_the_command_refuses_in_plain_words(empty: Installation, archive: Path, key: Path, tmp_path: Path) -> None:
    data = bytearray(archive.read_bytes())
    data[-20] ^= 1
    (tmp_path / "bad.zxb").write_bytes(data)
    assert "损坏或被改动" in refused_at_the_command_line(empty, tmp_path / "bad.zxb", "--key", key)


def test_a_cut_or_lengthened_archive_is_refused(
    refused: Callable[..., str], archive: Path, key: Path, tmp_path: Path
) -> None:  # fmt: skip
    data = archive.read_bytes()
    for name, altered in (("cut", data[:-1]), ("longer", data + b"\0"), ("twice", data + data)):
        (tmp_path / name).write_bytes(altered)
        assert "损坏或被改动" in refused(tmp_path / name, key)


def test_a_wrong_or_absent_key_is_refused(refused: Callable[..., str], archive: Path, tmp_path: Path) -> None:
    make_key_pair(tmp_path / "other.pem", tmp_path / "other.pub")
    assert "私钥不符" in refused(archive, tmp_path / "other.pem")
    assert "--key" in refused(archive, None)
    with pytest.raises(BackupFailed, match="读不出备份私钥"):
        read_private_key(archive)


def test_a_missing_or_other_master_key_is_said_clearly(empty: Installation, archive: Path, key: Path) -> None:
    master = empty.var / "keys" / "master.key"
    master.unlink()
    assert "缺少主密钥" in refused_at_the_command_line(empty, archive, "--key", key)
    master.write_text("AAAAAAAAAAAAAAAAAAAAAA==")
    assert "主密钥与做备份时的不同" in refused_at_the_command_line(empty, archive, "--key", key)


def plain_parts(archive: Path, key: Path) -> dict[str, bytes]:
    """The members of an archive, opened with the private key."""
    with archive.open("rb") as source:
        plain = io.BufferedReader(OpeningReader(source, read_private_key(key))).read()
    with tarfile.open(fileobj=io.BytesIO(gzip.decompress(plain))) as tar:
        return {member.name: tar.extractfile(member).read() for member in tar if member.isreg()}  # type: ignore[union-attr]


def forge(path: Path, members: list[tuple[tarfile.TarInfo, bytes]], key: Path) -> None:
    """What someone who knows the public key can make: properly sealed, with any content."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for member, data in members:
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    with path.open("wb") as out:
        sealing = SealingWriter(out, read_private_key(key).public_key())
        sealing.write(gzip.compress(buffer.getvalue()))
        sealing.close()


@pytest.mark.parametrize(
    "deed", ["honest", "extra", "changed", "missing", "unlisted_path", "link", "twice", "unsigned"]
)
def test_only_what_the_signed_manifest_names_is_restored(
    deed: str, refused: Callable[..., str], archive: Path, key: Path, tmp_path: Path
) -> None:  # fmt: skip
    members = [(tarfile.TarInfo(name), data) for name, data in plain_parts(archive, key).items()]
    file = next(name for name, _ in ((one.name, data) for one, data in members) if name.startswith("files/"))
    if deed == "extra":
        members.append((tarfile.TarInfo("files/ab/" + "ab" * 16), b"x"))
    elif deed == "changed":
        members = [(one, b"other" if one.name == file else data) for one, data in members]
    elif deed == "missing":
        members = [(one, data) for one, data in members if one.name != file]
    elif deed == "unlisted_path":
        members.append((tarfile.TarInfo("../../escaped"), b"x"))
    elif deed == "link":
        link = tarfile.TarInfo("files/ab/" + "ab" * 16)
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        members.append((link, b""))
    elif deed == "twice":
        members.append(members[0])
    elif deed == "unsigned":
        members = [(one, data + b" " if one.name == "manifest.json" else data) for one, data in members]
    forge(tmp_path / "forged.zxb", members, key)
    if deed == "honest":  # the forger's tools work: the very same content is taken
        (tmp_path / "staging").mkdir()
        assert unpack(
            tmp_path / "forged.zxb", tmp_path / "staging", read_private_key(key), lambda what, size: None
        ).files
        return
    assert "损坏或被改动" in refused(tmp_path / "forged.zxb", key)
    assert not (tmp_path / "escaped").exists()


def test_without_a_public_key_only_a_plain_backup_and_only_when_told(running: Installation, tmp_path: Path) -> None:
    keyless = {**running.environment, "ZHIXING_BACKUP_KEY_FILE": str(tmp_path / "none.pub")}
    house = Installation(running.var, keyless)
    done = house.zhixing("backup", "--to", tmp_path / "b")
    assert done.returncode == 1
    assert "--make-key" in done.stderr
    assert not (tmp_path / "b").exists()
    done = house.zhixing("backup", "--to", tmp_path / "b", "--plain")
    assert done.returncode == 0
    assert "不加密" in done.stderr
    (made,) = (tmp_path / "b").iterdir()
    assert made.name.endswith(".tar.gz")
    assert house.zhixing("restore", made, "--verify").returncode == 0


def test_a_full_disk_leaves_the_previous_backup(running: Installation, archive: Path) -> None:
    folder = archive.parent
    before = {path.name: path.read_bytes() for path in folder.iterdir()}

    def allow_little() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (64 * 1024, 64 * 1024))

    done = running.zhixing("backup", "--to", folder, preexec_fn=allow_little)
    assert done.returncode == 1
    assert "没有生成" in done.stderr
    assert "Traceback" not in done.stderr
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_a_key_pair_is_never_overwritten(running: Installation, key: Path) -> None:
    before = key.read_bytes()
    done = running.zhixing("backup", "--make-key", key)
    assert done.returncode == 1
    assert "已存在" in done.stderr
    assert key.read_bytes() == before
    assert (key.stat().st_mode & 0o777) == 0o600
