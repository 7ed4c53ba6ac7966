#!/usr/bin/env python3
"""Every change of New York's clocks 1976..2037 by the system's tz database:
python3 make.py > transitions.inc
"""

from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

FIRST, LAST = 1976, 2037
NEW_YORK = ZoneInfo("America/New_York")
HOUR = timedelta(hours=1)


def offset(instant):
    return int(instant.astimezone(NEW_YORK).utcoffset() / timedelta(minutes=1))


def main():
    at = datetime(FIRST, 1, 1, tzinfo=timezone.utc)
    end = datetime(LAST + 1, 1, 1, tzinfo=timezone.utc)
    before = offset(at)
    print("/* made by make.py: seconds UTC, minutes east of Greenwich from"
          " then on */")
    print("{ %d, %d }," % (at.timestamp(), before))
    while at < end:
        now = offset(at)
        if now != before:
            print("{ %d, %d }," % (at.timestamp(), now))
            before = now
        at += HOUR


main()
