"""The form of the portal as a page of its own, drawn by the form renderer that Backstage uses."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import portal_form
import yaml

PREVIEW = portal_form.ROOT / "portal" / "preview"


def install(folder: Path) -> None:
    """Put the renderer's packages into a folder."""
    shutil.copy(PREVIEW / "package.json", folder)
    quiet = ["--ignore-scripts", "--silent", "--no-audit", "--no-fund", "--no-package-lock"]
    subprocess.run(["npm", "install", *quiet], cwd=folder, check=True)


def page(packages: Path) -> str:
    """The page.

    Args:
        packages: where the renderer's packages were installed.
    """
    parameters = yaml.safe_load(portal_form.TEMPLATE.read_text(encoding="utf-8"))["spec"]["parameters"]
    done = subprocess.run(
        ["node", PREVIEW / "render.js"],
        input=json.dumps(parameters),
        env=os.environ | {"NODE_PATH": str(packages / "node_modules")},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout
