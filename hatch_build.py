"""Wheel build hook: put the browser assets and the fonts of papers into the wheel (an editable install needs none)."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class AssetsHook(BuildHookInterface):  # type: ignore[type-arg]
    """Ship the files that `make setup` vendored; refuse to build a wheel without them."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the vendored folders, which git ignores, to the wheel's artifacts."""
        if version == "editable":
            return
        sys.path.insert(0, str(Path(self.root, "tools")))
        from vendor_assets import vendor_targets

        for target in vendor_targets(Path(self.root)):
            if not Path(self.root, target, ".stamp").exists():
                raise SystemExit("静态资源或字体尚未生成：请先运行 make setup，再构建安装包")
            build_data["artifacts"].append(f"{target}/**")
