"""The demo's logins: one owner, and one member of each designer, password ``demo``."""

from django.contrib.auth.models import User

from catalog.search import fold
from designers.models import Designer, Member

PASSWORD = "demo"  # noqa: S105 - printed at the start of the demo
OWNER = "owner"


def write() -> list[str]:
    """Create who is missing; returns the names that can log in, the owner first."""
    _person(OWNER, "Nuala", is_superuser=True)
    names = [OWNER]
    for designer in Designer.objects.order_by("pk"):
        name = fold(designer.short_name).replace(" ", "-")
        user = _person(name, designer.short_name, is_superuser=False)
        Member.objects.get_or_create(designer=designer, user=user)
        names.append(name)
    return names


def _person(username: str, first_name: str, *, is_superuser: bool) -> User:
    user, is_new = User.objects.get_or_create(
        username=username,
        defaults={
            "first_name": first_name,
            "email": f"{username}@marram.example",
            "is_staff": True,
            "is_superuser": is_superuser,
        },
    )
    if is_new:
        user.set_password(PASSWORD)
        user.save(update_fields=["password"])
    return user
