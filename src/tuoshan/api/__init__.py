"""The REST interface, version 1: everything that the screens can do, for programs."""
