"""The team's training package: `data` loads, `features` prepares, `model` fits. `road train` calls all three."""
