"""Walks the calendar, minute by minute, and holds what it finds against the table of schedules.

It reads AWS's pages by itself: an expression is a question to each minute of a clock, not a set of values. Time zones
are those of python-dateutil.
"""

import calendar
import datetime
import re
import sys
import tomllib

from dateutil.zoneinfo import get_zonefile_instance

UTC = datetime.timezone.utc
MONTHS = "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split()
DAYS = "SUN MON TUE WED THU FRI SAT".split()
END = datetime.date(2200, 1, 3)


class Refused(Exception):
    pass


def value(text, least, most, names=()):
    if text.upper() in names:
        return names.index(text.upper()) + least
    if not re.fullmatch(r"[0-9]+", text) or not least <= int(text) <= most:
        raise Refused(text)
    return int(text)


def matcher(text, least, most, names=(), wraps=False, steps=0):
    """A function that says of a number whether a part of a field means it."""
    body, slash, step = text.partition("/")
    if slash:
        step = value(step, 1, steps)
    else:
        step = 1
    if body == "*":
        if not slash:
            raise Refused("a star in a list")
        first, last = least, most
    elif "-" in body:
        first, last = (value(end, least, most, names) for end in body.split("-", 1))
    else:
        first = value(body, least, most, names)
        last = most if slash else first
    size = most - least + 1
    if last < first:
        if not wraps:
            raise Refused("a range past the end")
        return lambda number: (number - first) % size <= (last - first) % size and (number - first) % size % step == 0
    return lambda number: first <= number <= last and (number - first) % step == 0


def field(text, *rest, **more):
    if text == "*":
        return lambda number: True
    parts = [matcher(part, *rest, **more) for part in text.split(",")]
    return lambda number: any(part(number) for part in parts)


def weekday_near(year, month, day):
    """The Monday to Friday of a month that is nearest to one of its days."""
    days = calendar.monthrange(year, month)[1]
    if day > days:
        return None
    candidates = [d for d in range(1, days + 1) if calendar.weekday(year, month, d) < 5]
    # No two are as near: a Saturday has its Friday, a Sunday its Monday.
    return min(candidates, key=lambda candidate: abs(candidate - day))


def sunday_first(date):
    return (date.weekday() + 1) % 7 + 1


def day_of_month(part):
    if part == "L":
        return lambda date: (date + datetime.timedelta(days=1)).day == 1
    if part == "LW":
        return lambda date: date.day == weekday_near(date.year, date.month, calendar.monthrange(date.year, date.month)[1])
    if part.endswith("W"):
        near = value(part[:-1], 1, 31)
        return lambda date: date.day == weekday_near(date.year, date.month, near)
    means = matcher(part, 1, 31, steps=31)
    return lambda date: means(date.day)


def day_of_week(part):
    if part == "L":
        return lambda date: date.weekday() == calendar.SATURDAY
    if "#" in part:
        day, _, nth = part.partition("#")
        day, nth = value(day, 1, 7, DAYS), value(nth, 1, 5)

        def is_nth(date):
            same = [d for d in range(1, date.day + 1) if sunday_first(date.replace(day=d)) == day]
            return sunday_first(date) == day and len(same) == nth

        return is_nth
    if part.endswith("L"):
        day = value(part[:-1], 1, 7, DAYS)
        return lambda date: sunday_first(date) == day and (date + datetime.timedelta(days=7)).month != date.month
    means = matcher(part, 1, 7, DAYS)
    return lambda date: means(sunday_first(date))


def day(of_month, of_week):
    if (of_month == "?") == (of_week == "?"):
        raise Refused("one of the two days is a question mark")
    if of_week == "?":
        parts = [lambda date: True] if of_month == "*" else [day_of_month(part) for part in of_month.split(",")]
    else:
        if "/" in of_week or ("#" in of_week and "," in of_week):
            raise Refused(of_week)
        parts = [lambda date: True] if of_week == "*" else [day_of_week(part) for part in of_week.split(",")]
    return lambda date: any(part(date) for part in parts)


def cron(text):
    """Two functions: of a date, and of the time of a day."""
    fields = text.split()
    if len(fields) != 6:
        raise Refused("six fields")
    minute = field(fields[0], 0, 59, steps=59)
    hour = field(fields[1], 0, 23, wraps=True, steps=24)
    month = field(fields[3], 1, 12, MONTHS, steps=12)
    year = field(fields[5], 1970, 2199, steps=229)
    on = day(fields[2], fields[4])
    return (
        lambda date: 1970 <= date.year <= 2199 and year(date.year) and month(date.month) and on(date),
        lambda time: hour(time.hour) and minute(time.minute),
    )


def minutes(text):
    found = re.fullmatch(r"([0-9]+) (minute|hour|day)(s?)", text)
    if not found or int(found[1]) == 0 or (int(found[1]) == 1) == bool(found[3]):
        raise Refused(text)
    return int(found[1]) * {"minute": 1, "hour": 60, "day": 1440}[found[2]]


def read(text):
    found = re.fullmatch(r"(cron|rate)\((.*)\)", text)
    if not found:
        raise Refused("neither form")
    return found[1], cron(found[2]) if found[1] == "cron" else minutes(found[2])


def walk(dates, times, start, zone, wanted):
    """The instants, minute by minute, at which the clock of a zone first shows what is asked for."""
    found = []
    today = start.date()
    while today < END and len(found) < wanted:
        near = [today + datetime.timedelta(days=by) for by in ((0,) if zone is UTC else (-1, 0, 1))]
        if any(dates(date) for date in near):
            midnight = datetime.datetime.combine(today, datetime.time(), UTC)
            for minute in range(1440):
                instant = midnight + datetime.timedelta(minutes=minute)
                local = instant.astimezone(zone)
                if instant > start and not local.fold and dates(local.date()) and times(local):
                    found.append(instant)
        today += datetime.timedelta(days=1)
    return found[:wanted]


def at(text):
    return datetime.datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=UTC)


def main(path):
    with open(path, "rb") as file:
        table = tomllib.load(file)
    zones = get_zonefile_instance()
    wrong = []
    for row in table["valid"]:
        start = at(row["from"])
        zone = zones.get(row["timezone"]) if "timezone" in row else UTC
        assert zone is not None, row["timezone"]
        form, meaning = read(row["expression"])
        if form == "rate":
            found = [start + datetime.timedelta(minutes=meaning * count) for count in range(1, 6)]
        else:
            found = walk(*meaning, start, zone, 5)
        if found != [at(text) for text in row["fires"]]:
            wrong.append(f"{row['expression']} from {start}: {[f'{one:%Y-%m-%d %H:%M}' for one in found]}")
    for row in table["invalid"]:
        try:
            read(row["expression"])
            wrong.append(f"{row['expression']}: is taken")
        except Refused:
            pass
    print(len(table["valid"]), len(table["invalid"]))
    sys.exit("\n".join(wrong) or 0)


main(sys.argv[1])
