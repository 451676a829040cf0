"""The version, of which the installed package is the one source; the package's is the workspace's."""

from importlib.metadata import PackageNotFoundError, version

try:
    VERSION = version("tidegate")
except PackageNotFoundError:  # run from a checkout
    VERSION = "0+unknown"
