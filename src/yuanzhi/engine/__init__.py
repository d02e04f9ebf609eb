"""The engine: pure Python over frozen records. Read ``runs`` first."""
