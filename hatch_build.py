"""Puts `datasets/` and `resources/` inside the wheel, as `annotator/_bundled/`.

An editable install reads both from the checkout, so nothing is copied there.
"""

from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class BundleData(BuildHookInterface):
    """Adds the data folders to every wheel that is not editable."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called by hatchling before it builds; `version` is "editable" for editable installs."""
        if version != "editable":
            for folder in ("datasets", "resources"):
                build_data["force_include"][folder] = f"annotator/_bundled/{folder}"
