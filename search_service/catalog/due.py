"""What of a material depends on the day alone: reasons to look at it, and when they change. Pure.

Every threshold is a date that is known beforehand, so that the next one can be stored
(`material_details.scores_due`) and nothing has to be looked at daily.
"""

from datetime import date, timedelta

from search_service.catalog.health import OLD_DAYS, REVIEW_SOON_DAYS, UNUSED_DAYS
from search_service.catalog.materials import MaterialRecord
from search_service.db.enums import MaterialStatus, ReviewReason

EXPIRING_DAYS = 14
# So long does what expired stay with its owner: to be given a successor, or another date.
EXPIRED_SHOWN_DAYS = 30
_DAY = timedelta(days=1)


def reasons_on(material: MaterialRecord, today: date) -> tuple[ReviewReason, ...]:
    """Say for which dates' sake somebody should look at the material on a day."""
    archived = material.status is MaterialStatus.ARCHIVED
    review, expiry = material.review_by, material.expires_on
    told = {
        ReviewReason.REVIEW_DUE: not archived and review is not None and review <= today,
        ReviewReason.EXPIRING: (
            not archived and expiry is not None and today < expiry <= _later(today, EXPIRING_DAYS)
        ),
        ReviewReason.EXPIRED: (
            expiry is not None
            and expiry <= today
            and material.successor is None
            and (not archived or today <= _later(_archived_on(material), EXPIRED_SHOWN_DAYS))
        ),
    }
    return tuple(reason for reason, holds in told.items() if holds)


def next_change(material: MaterialRecord, today: date) -> date | None:
    """Give the next day on which health or a reason may change though nobody does anything."""
    changed = (material.last_updated or material.updated_at).date()
    days = [_later(changed, OLD_DAYS) + _DAY]
    if material.review_by is not None:
        days += [
            _earlier(material.review_by, REVIEW_SOON_DAYS),
            material.review_by,
            _later(material.review_by, 1),
        ]
    if material.expires_on is not None:
        days += [_earlier(material.expires_on, EXPIRING_DAYS), material.expires_on]
        if material.status is MaterialStatus.ARCHIVED:
            days.append(_later(_archived_on(material), EXPIRED_SHOWN_DAYS + 1))
    if material.status is MaterialStatus.PUBLISHED and material.published_at is not None:
        days.append(_later(material.published_at.date(), UNUSED_DAYS + 1))
    return min((day for day in days if day > today), default=None)


def _archived_on(material: MaterialRecord) -> date:
    """The day of archiving; what was archived before that was noted counts by its last change."""
    return (material.archived_at or material.updated_at).date()


def _later(day: date, days: int) -> date:
    return min(day, date.max - timedelta(days=days)) + timedelta(days=days)


def _earlier(day: date, days: int) -> date:
    return max(day, date.min + timedelta(days=days)) - timedelta(days=days)
