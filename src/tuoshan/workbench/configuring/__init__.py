"""Settings: who works here, what cases are about, when we work, how long things take, what is said.

Every change goes through `recording`, so that it is known who changed what; every screen stands in the one
permission table.
"""

from django.urls import URLPattern

from tuoshan.workbench.configuring import (
    calendars,
    categories,
    home,
    meanings,
    message_texts,
    migrating,
    outgoing,
    party_map,
    people,
    playbook_files,
    products,
    recomputing,
    roles,
    skills,
    tables,
    units,
)

urlpatterns: list[URLPattern] = [
    *home.urlpatterns,
    *people.urlpatterns,
    *roles.urlpatterns,
    *units.urlpatterns,
    *skills.urlpatterns,
    *party_map.urlpatterns,
    *categories.urlpatterns,
    *products.urlpatterns,
    *meanings.urlpatterns,
    *calendars.urlpatterns,
    *tables.urlpatterns,
    *recomputing.urlpatterns,
    *message_texts.urlpatterns,
    *playbook_files.urlpatterns,
    *migrating.urlpatterns,
    *outgoing.urlpatterns,
]
