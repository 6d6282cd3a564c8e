"""How the documentation site is built: `make docs`."""

project = "Paved Road"
extensions = ["myst_parser", "sphinx_click"]
html_theme = "furo"
html_title = "Paved Road"
html_static_path: list[str] = []
html_copy_source = False
myst_heading_anchors = 4
# A generated repository's pages are shown, not the rest of it: what they link to is there to be found.
exclude_patterns = ["project/platform/**", "project/.github/**", "project/infra/**/tests/**"]
suppress_warnings = ["myst.header"]  # a page of the reference may start below its title
# What an example names is nobody's, and what runs on the reader's machine does not run here.
linkcheck_ignore = [
    r"https://github\.com/(orgs/)?acme\b",
    r"https://[\w.-]*\.?example(\.com)?\b",
    r"http://(localhost|127\.)",
]
linkcheck_anchors_ignore_for_url = [r"https://github\.com/"]  # its pages are drawn by scripts
linkcheck_retries = 3
linkcheck_report_timeouts_as_broken = True
