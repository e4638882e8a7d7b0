"""The version of derivx, where every room may see it."""

VERSION = "0.1.0"
