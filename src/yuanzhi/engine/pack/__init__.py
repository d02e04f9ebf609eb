"""Policy packs: read with positions, composed, compiled, checked, compared and printed."""

from yuanzhi.engine.pack.checking import CHECKS, check_pack
from yuanzhi.engine.pack.compiling import CompiledPack, compile_pack
from yuanzhi.engine.pack.composing import Blank, Composition, compose
from yuanzhi.engine.pack.finding import Chain, find_packs, load_chain, shipped_folder
from yuanzhi.engine.pack.reading import PackReading, read_pack
from yuanzhi.engine.pack.scopes import Scopes, scope_for
from yuanzhi.engine.pack.whole import Pack

__all__ = [
    "CHECKS",
    "Blank",
    "Chain",
    "CompiledPack",
    "Composition",
    "Pack",
    "PackReading",
    "Scopes",
    "check_pack",
    "compile_pack",
    "compose",
    "find_packs",
    "load_chain",
    "read_pack",
    "scope_for",
    "shipped_folder",
]
