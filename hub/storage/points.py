"""Where the middles of divisions are, for those who rank locations by distance."""

from collections.abc import Iterable, Mapping

from hub.domain.territories import Wgs84
from hub.storage.bulk import keys, packed
from hub.storage.database import UnitOfWork


def save(uow: UnitOfWork, points: Mapping[str, Wgs84]) -> None:
    """Division key (`sourcing.distance`) → point: new ones, and new values of known ones."""
    if points:
        kinds = {"id": "text", "latitude": "double precision", "longitude": "double precision"}
        uow.change(
            "INSERT INTO division_points (id, latitude, longitude)"
            f" SELECT k.id, k.latitude, k.longitude FROM {keys(uow, **kinds)} WHERE true"
            " ON CONFLICT (id) DO UPDATE SET latitude = excluded.latitude, longitude = excluded.longitude",
            keys=packed(
                [
                    {"id": key, "latitude": point.latitude, "longitude": point.longitude}
                    for key, point in sorted(points.items())
                ]
            ),
        )


def load(uow: UnitOfWork, division_keys: Iterable[str]) -> dict[str, Wgs84]:
    """Those of them that are known."""
    rows = uow.all(
        f"SELECT p.id, p.latitude, p.longitude FROM {keys(uow, id='text')}"
        " JOIN division_points p ON p.id = k.id",
        keys=packed([{"id": each} for each in sorted(set(division_keys))]),
    )
    return {row.id: Wgs84(longitude=row.longitude, latitude=row.latitude) for row in rows}
