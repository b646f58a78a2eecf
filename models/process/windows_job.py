"""On Windows: a child process that the system ends together with this one, however this one ends."""

from __future__ import annotations

import ctypes
import subprocess
import sys

_KILL_ON_JOB_CLOSE = 0x2000
_EXTENDED_LIMITS = 9


class _BasicLimits(ctypes.Structure):
    _fields_ = (
        ("process_time", ctypes.c_int64),
        ("job_time", ctypes.c_int64),
        ("flags", ctypes.c_uint32),
        ("least_working_set", ctypes.c_size_t),
        ("most_working_set", ctypes.c_size_t),
        ("most_processes", ctypes.c_uint32),
        ("affinity", ctypes.c_size_t),
        ("priority_class", ctypes.c_uint32),
        ("scheduling_class", ctypes.c_uint32),
    )


class _ExtendedLimits(ctypes.Structure):
    _fields_ = (
        ("basic", _BasicLimits),
        ("io_counters", ctypes.c_uint64 * 6),
        ("process_memory", ctypes.c_size_t),
        ("job_memory", ctypes.c_size_t),
        ("most_process_memory", ctypes.c_size_t),
        ("most_job_memory", ctypes.c_size_t),
    )


class Job:
    """Holds a process that ends when this is closed, at the latest when the system closes it for us.

    Where it cannot be made nothing is lost: the child also ends when its standard input does.
    """

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._handle = 0
        if sys.platform != "win32":
            return
        kernel = ctypes.WinDLL("kernel32", use_last_error=True)
        kernel.CreateJobObjectW.restype = ctypes.c_void_p
        kernel.CreateJobObjectW.argtypes = (ctypes.c_void_p, ctypes.c_wchar_p)
        kernel.SetInformationJobObject.argtypes = (ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p, ctypes.c_uint32)
        kernel.AssignProcessToJobObject.argtypes = (ctypes.c_void_p, ctypes.c_void_p)
        self._handle = kernel.CreateJobObjectW(None, None) or 0
        limits = _ExtendedLimits(basic=_BasicLimits(flags=_KILL_ON_JOB_CLOSE))
        if self._handle:
            kernel.SetInformationJobObject(self._handle, _EXTENDED_LIMITS, ctypes.byref(limits), ctypes.sizeof(limits))
            kernel.AssignProcessToJobObject(self._handle, int(process._handle))

    def close(self) -> None:
        """Let go of the process, which ends."""
        if sys.platform == "win32" and self._handle:
            kernel = ctypes.WinDLL("kernel32")
            kernel.CloseHandle.argtypes = (ctypes.c_void_p,)
            kernel.CloseHandle(self._handle)
            self._handle = 0
