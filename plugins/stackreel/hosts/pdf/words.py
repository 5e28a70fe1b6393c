"""The words of a PDF that are on no page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from stackreel.page.context import Language, language_of


@dataclass(frozen=True)
class Words:
    """What stands around the chapters; `{}` is replaced, in `date` by strftime's rules."""

    contents: str
    date: str
    version: str
    made_with: str
    folded: str
    folded_one: str
    more_slots: str

    def day(self, moment: datetime) -> str:
        """Return a date as it is written in this language."""
        return self.date.format(
            year=moment.year, month=moment.month, day=moment.day, name=_MONTHS[moment.month - 1]
        )

    def skipped(self, first: int, last: int) -> str:
        """Return what is said where steps are left out, from `first` to `last`."""
        return self.folded_one.format(first) if first == last else self.folded.format(first, last)


_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip

_WORDS: Mapping[Language, Words] = {
    "en": Words(
        contents="Contents",
        date="{day} {name} {year}",
        version="Version {}",
        made_with="Typeset by stackreel {}",
        folded="steps {} to {} are not shown",
        folded_one="step {} is not shown",
        more_slots="{} more slots above",
    ),
    "zh": Words(
        contents="目录",
        date="{year} 年 {month} 月 {day} 日",
        version="版本 {}",
        made_with="由 stackreel {} 排版",
        folded="第 {} 至 {} 步从略",
        folded_one="第 {} 步从略",
        more_slots="上面还有 {} 格",
    ),
}


def words_of(language: str) -> Words:
    """Return the words for a language tag."""
    return _WORDS[language_of(language)]
