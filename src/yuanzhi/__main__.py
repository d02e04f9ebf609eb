"""``python -m yuanzhi``: the command line."""

from yuanzhi.cli.main import main

if __name__ == "__main__":
    main()
