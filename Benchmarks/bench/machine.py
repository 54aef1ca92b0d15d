"""What the kernel tells of processes and of this machine."""
import os
import pathlib
import platform
import resource
import time


def cpu_seconds(pid):
    """CPU time of all threads of a process, to the nanosecond: clock_getcpuclockid(3) as Linux encodes it."""
    return time.clock_gettime(~pid << 3 | 2)


def children_cpu_seconds():
    """CPU time of the children that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def resident_megabytes(pid):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024 / 1e6
    return 0.0


def settled_megabytes(pid):
    """Resident memory once it has stopped changing, or after ten seconds."""
    last = resident_megabytes(pid)
    for _ in range(20):
        time.sleep(0.5)
        now = resident_megabytes(pid)
        if abs(now - last) < 0.1:
            return now
        last = now
    return last


def allow_open_files():
    """Takes as many open files as the system lets it; servers that are started inherit that."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard


def description():
    model = next(
        (line.split(":")[1].strip() for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines()
         if line.startswith("model name")), "unknown")
    return {
        "processor": model, "cores": os.cpu_count(), "architecture": platform.machine(),
        "kernel": platform.release(), "load_at_start": round(os.getloadavg()[0], 2)}
