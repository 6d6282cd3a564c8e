"""Draw in a browser what a new project looks like: its report, ownership chart and dashboard; and the portal's form."""

import base64
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Literal

import dashboard_page
import portal_preview
from playwright.sync_api import Browser, sync_playwright
from working_tree import ROOT, generated

CHART = ROOT / "docs" / "images" / "ownership-chart.png"
DASHBOARD = ROOT / "docs" / "images" / "dashboard.png"
FORM = ROOT / "docs" / "images" / "portal-form.png"
REPORT = ROOT / "docs" / "images" / "handoff-report.png"
SIZES = {CHART: (1280, 1000), DASHBOARD: (1600, 600), FORM: (1180, 600), REPORT: (1540, 1560)}
WHOLE = {DASHBOARD, FORM}
"""Pages that are shown to their end; of the others the first screen is enough."""
DESK, PHONE = 1180, 360


def chart(project: Path) -> Path:
    """The page of `road raci chart`."""
    page = project / "chart.html"
    road = [sys.executable, "-m", "paved_road", "raci", "chart", "--output", str(page)]
    subprocess.run(road, cwd=project, check=True)
    return page


def dashboard(project: Path) -> Path:
    """The panels of `monitoring/dashboard.json`, which Grafana alone could draw with figures in them."""
    page = project / "dashboard.html"
    derived = json.loads((project / "monitoring" / "dashboard.json").read_text(encoding="utf-8"))
    page.write_text(dashboard_page.page(derived), encoding="utf-8")
    return page


def form(folder: Path) -> Path:
    """The portal's form."""
    (folder / "preview").mkdir()
    portal_preview.install(folder / "preview")
    page = folder / "preview" / "form.html"
    page.write_text(portal_preview.page(folder / "preview"), encoding="utf-8")
    return page


def committed(project: Path) -> Path:
    """The project as a repository, since a handoff names a commit."""
    person = ["-c", "user.name=images", "-c", "user.email=images@example.com"]
    for command in (["init", "-q", "-b", "main"], ["add", "-A"], [*person, "commit", "-q", "-m", "First commit"]):
        subprocess.run(["git", *command], cwd=project, check=True)
    return project


def report(browser: Browser, project: Path) -> Path:
    """The page of `road handoff report`, at a desk in light beside a phone in dark."""
    page = project / "report.html"
    for command in (
        ["uv", "sync", "--quiet"],
        [".venv/bin/road", "train"],
        [".venv/bin/road", "handoff", "build"],
        [".venv/bin/road", "handoff", "report", "--output", str(page)],
    ):
        subprocess.run(command, cwd=project, check=True, stdout=subprocess.DEVNULL)
    views = [_view(browser, page, DESK, "light"), _view(browser, page, PHONE, "dark")]
    shown = "".join(f'<img src="data:image/png;base64,{base64.b64encode(view).decode()}">' for view in views)
    both = project / "both.html"
    both.write_text(f'<body style="margin:0;display:flex">{shown}</body>', encoding="utf-8")
    return both


def _view(browser: Browser, page: Path, width: int, scheme: Literal["light", "dark"]) -> bytes:
    shown = browser.new_page(viewport={"width": width, "height": SIZES[REPORT][1]}, color_scheme=scheme)
    shown.goto(page.as_uri())
    return shown.screenshot()


def draw(browser: Browser, page: Path, image: Path) -> None:
    """Look at a page, and keep what was seen."""
    width, height = SIZES[image]
    shown = browser.new_page(viewport={"width": width, "height": height}, color_scheme="light")
    shown.goto(page.as_uri())
    shown.screenshot(path=image, full_page=image in WHOLE)
    print(f"{image.relative_to(ROOT)}: {image.stat().st_size / 1000:,.0f} kB")


def main() -> None:
    """Generate, draw, look, and keep what was seen."""
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if program is None:
        sys.exit("Chromium is not installed: install it, then run this again")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        project = generated(Path(folder))
        browser = driver.chromium.launch(executable_path=program, args=["--no-sandbox"])
        draw(browser, chart(project), CHART)
        draw(browser, dashboard(project), DASHBOARD)
        draw(browser, form(Path(folder)), FORM)
        draw(browser, report(browser, committed(project)), REPORT)
        browser.close()


if __name__ == "__main__":
    main()
