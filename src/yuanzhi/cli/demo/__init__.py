"""The demonstration: a workspace of a whole province from real facts and synthetic returns."""

from yuanzhi.cli.demo.workspace import DemoSummary, build_workspace

__all__ = ["DemoSummary", "build_workspace"]
