# ruff: noqa: E501 – a Chinese sign counts as two columns
"""What becomes of the improvements that cases led to: done, late, judged."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from tuoshan.demo.running import Simulation
from tuoshan.demo.world import World
from tuoshan.quality import lessons
from tuoshan.quality.models import Lesson

WORDS = {
    "doing": ("已与供应商开会，样品下周送检。", "培训材料写好了，正在排班。", "系统改动已提需求，等排期。"),
    "done": ("已执行两周，抽查合格。", "新规则已上线并通报各门店。", "供应商书面整改已收到，复检合格。"),
}


def keep_promises(world: World, simulation: Simulation) -> Iterator[datetime]:
    """Every few days somebody goes through the open improvements."""
    chance = world.chance
    while True:
        now = simulation.now
        for lesson in lessons.listing(status="unfinished"):
            age = now - lesson.created_at
            near = lesson.due_on is not None and lesson.due_on <= world.day(now, 3)
            if near and chance.happens(0.6):
                lessons.progress(lesson, status=Lesson.Status.DONE, text=chance.pick(WORDS["done"]), now=now)
            elif lesson.status == Lesson.Status.OPEN and age > timedelta(days=4) and chance.happens(0.5):
                lessons.progress(lesson, status=Lesson.Status.DOING, text=chance.pick(WORDS["doing"]), now=now)
        for lesson in lessons.listing(unchecked=True):
            if lesson.done_at is not None and now - lesson.done_at > timedelta(days=9):
                helped = chance.happens(0.8)
                lessons.check_effect(
                    lesson, effect=Lesson.Effect.HELPED if helped else Lesson.Effect.NOT_HELPED,
                    note="两周内同类投诉明显减少。" if helped else "仍有同类投诉，需要再议。", person_id=world.people["lead"].pk, now=now,
                )  # fmt: skip
        yield world.office(now + timedelta(days=chance.whole(2, 4)))
