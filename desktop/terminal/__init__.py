"""The ``plumbline`` command: the same engine, library and sessions without a window. Nothing here imports Qt."""
