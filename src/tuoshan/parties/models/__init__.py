"""Tables of the people: staff and roles, the organisation, customers."""

from tuoshan.parties.models.changes import SettingChange
from tuoshan.parties.models.customer import Customer, CustomerChange, CustomerNameGram
from tuoshan.parties.models.organisation import OrgUnit, PartyMap
from tuoshan.parties.models.person import Absence, ApiToken, OneTimeLink, Person, PersonManager, Role, Skill

__all__ = [
    "Absence",
    "ApiToken",
    "Customer",
    "CustomerChange",
    "CustomerNameGram",
    "OneTimeLink",
    "OrgUnit",
    "PartyMap",
    "Person",
    "PersonManager",
    "Role",
    "SettingChange",
    "Skill",
]
