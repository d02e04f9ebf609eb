"""What can be wrong with packs that could be read: one module a theme, each check one function."""
