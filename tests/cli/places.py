"""A place of its own for each command: a data folder, and a database in it or beside the others."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any


class Place:
    """Runs commands as an operator does, in processes of their own."""

    def __init__(self, folder: Path, name: str) -> None:
        self.data = folder / name
        self.data.mkdir()
        self.environment = {key: value for key, value in os.environ.items() if not key.startswith("TUOSHAN_")}
        self.environment |= {
            "TUOSHAN_DATA_DIR": str(self.data), "TUOSHAN_LOG_LEVEL": "ERROR", "TUOSHAN_SQLITE_SYNCHRONOUS": "OFF",
            "TUOSHAN_DATABASE_POOL_SIZE": "0", "DJANGO_SETTINGS_MODULE": "tuoshan.settings", "COLUMNS": "500",
        }  # fmt: skip
        server = os.environ.get("TUOSHAN_DATABASE_URL", "")
        if server:
            import psycopg

            own = f"place_{name}_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"  # tests of a file run side by side
            with psycopg.connect(server, autocommit=True) as link:
                link.execute(f'DROP DATABASE IF EXISTS "{own}"')
                link.execute(f'CREATE DATABASE "{own}"')
            self.environment["TUOSHAN_DATABASE_URL"] = server.replace("/postgres?", f"/{own}?")

    def run(self, *command: str, ends: int = 0) -> subprocess.CompletedProcess[str]:
        """`tuoshan …`; the code it must end with."""
        return self._call("-m", "tuoshan", *command, ends=ends)

    def python(self, text: str) -> str:
        """Python with the product loaded; what it printed."""
        return self._call("-c", f"import django; django.setup()\n{text}").stdout.strip()

    def _call(self, *arguments: str, ends: int = 0) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [sys.executable, *arguments], env=self.environment, capture_output=True, text=True, timeout=120
        )
        assert done.returncode == ends, f"{arguments[:4]}: {done.stdout}\n{done.stderr}"
        return done


COUNTS = """
from tuoshan.cases.models import Case, Event, Message
from tuoshan.parties.models import Customer, Person
from tuoshan.documents.models import Evidence
print([model.objects.count() for model in (Case, Event, Message, Customer, Person, Evidence)])
print(sorted(Case.objects.values_list('number', 'head_hash')))
"""

SEED = """
from io import BytesIO
from PIL import Image
from django.core.files.uploadedfile import SimpleUploadedFile
from tuoshan import clock
from tuoshan.cases import service
from tuoshan.cases.acting import ActingAs
from tuoshan.documents import evidence
from tuoshan.parties.customers import find_or_make
from tuoshan.parties.models import OrgUnit, Person
root = OrgUnit.objects.create(code='hq', name_zh='公司', kind='company')
person = Person.objects.create_user('an', 'x', roles=('agent',), unit=root, display_name='安')
actor = ActingAs.by_person(person)
for number in range(NUMBER):
    customer = find_or_make('1380013800%d' % (number % 10), '张%d' % number)
    made = service.register(playbook='complaint', actor=actor, values={'what_happened': '漏水 %d' % number},
        channel='hotline', customer_id=customer.customer.pk, unit_id=root.pk, title='漏水')
    assert made.accepted, made.refusal
    shot = BytesIO()
    Image.new('RGB', (20 + number, 20), 'red').save(shot, 'PNG')
    taken = evidence.accept(file=SimpleUploadedFile('a.png', shot.getvalue()), case_id=made.case_id, upload_token=None,
        actor_kind='person', actor_id=person.pk, kind='photo', now=clock.now())
    assert hasattr(taken, 'pk'), taken
"""


def seed(place: Place, number: int = 3) -> Any:
    place.run("migrate")
    return place.python(SEED.replace("NUMBER", str(number)))
