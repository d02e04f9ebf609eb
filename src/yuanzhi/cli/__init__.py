"""The command line: read, check and print packs; freeze, run, explain and compare."""
