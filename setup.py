"""What pyproject.toml cannot say of the wheel: folders from beside app/ come to lie inside it.

`app.folders` finds them in either place.
"""

from setuptools import find_packages, setup

BESIDE = {f"app.{name}": name for name in ("docs", "migrations", "questionnaires", "templates")}

setup(
    packages=[*find_packages(include=["app", "app.*"]), *BESIDE],
    package_dir=BESIDE,
)
