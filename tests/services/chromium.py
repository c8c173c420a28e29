"""How the journeys start the system's Chromium."""

from typing import Any

from tests.services import programs

# No sandbox: CI runs as root. The others keep it from looking up its maker's servers.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def launch_options() -> dict[str, Any]:
    """Arguments for Playwright's ``launch``; raises programs.Missing without a Chromium."""
    executable = programs.find(programs.CHROMIUM, package="chromium")
    return {"executable_path": str(executable), "args": ARGUMENTS}
