"""Draw docs/images/ownership-chart.png: `road raci chart` of a freshly generated project, in a browser."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import copier
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parents[1]
IMAGE = ROOT / "docs" / "images" / "ownership-chart.png"
WIDTH, HEIGHT = 1280, 1000


def generated(folder: Path) -> Path:
    """A project with default answers, from the files of this repository as they are."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (folder / "template" / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / "template" / name)
    copier.run_copy(str(folder / "template"), folder / "project", defaults=True, quiet=True)
    return folder / "project"


def main() -> None:
    """Generate, draw, look, and keep what was seen."""
    browser = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if browser is None:
        sys.exit("Chromium is not installed: install it, then run this again")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        project = generated(Path(folder))
        chart = project / "chart.html"
        road = [sys.executable, "-m", "paved_road", "raci", "chart", "--output", str(chart)]
        subprocess.run(road, cwd=project, check=True)
        started = driver.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        page = started.new_page(viewport={"width": WIDTH, "height": HEIGHT}, color_scheme="light")
        page.goto(chart.as_uri())
        page.screenshot(path=IMAGE)
        started.close()
    print(f"{IMAGE.relative_to(ROOT)}: {IMAGE.stat().st_size / 1000:,.0f} kB")


if __name__ == "__main__":
    main()
