"""Policy packs shipped with the product, one folder each."""
