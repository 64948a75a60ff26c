"""Tables of cases. Rows of one case share its `case_id`; nothing here points at another table by constraint,
so that the tables can be partitioned or distributed by case."""

from tuoshan.cases.models.around import Calendar, StoredPlaybook, Table
from tuoshan.cases.models.case import FAR_FUTURE, Case
from tuoshan.cases.models.desk import Batch, BatchMember, Presence, SavedFilter, Watch
from tuoshan.cases.models.migration_run import MigrationRun, StayedCase
from tuoshan.cases.models.recomputation import Recomputation
from tuoshan.cases.models.records import IS_OPEN, Command, Counter, Deadline, Event, Message, Task, Words
from tuoshan.cases.models.tally import Tally

__all__ = [
    "FAR_FUTURE",
    "IS_OPEN",
    "Batch",
    "BatchMember",
    "Calendar",
    "Case",
    "Command",
    "Counter",
    "Deadline",
    "Event",
    "Message",
    "MigrationRun",
    "Presence",
    "Recomputation",
    "SavedFilter",
    "StayedCase",
    "StoredPlaybook",
    "Table",
    "Tally",
    "Task",
    "Watch",
    "Words",
]
