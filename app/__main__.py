"""`python -m app` is `phieu`."""

from app.cli import main

if __name__ == "__main__":
    main()
