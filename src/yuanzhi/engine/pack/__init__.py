"""Policy packs: read with positions, composed, compiled, checked, compared and printed."""

from yuanzhi.engine.pack.composing import Blank, Composition, compose
from yuanzhi.engine.pack.finding import Chain, find_packs, load_chain, shipped_folder
from yuanzhi.engine.pack.reading import PackReading, read_pack
from yuanzhi.engine.pack.whole import Pack

__all__ = [
    "Blank",
    "Chain",
    "Composition",
    "Pack",
    "PackReading",
    "compose",
    "find_packs",
    "load_chain",
    "read_pack",
    "shipped_folder",
]
