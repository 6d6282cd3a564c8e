"""The fleet view: where every repository made from this template stands, and updates in waves.

`road` lives in each repository and knows only that one; this lives beside the template and looks at all of them from
outside, at what they have committed. It runs nothing of theirs: what `raci.yml` says is read by this repository's own
`paved_road`, the newest, and not by the one that each repository brings along.
"""
