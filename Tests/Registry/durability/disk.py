"""What a disk can do to a store between two starts."""


def none(folder, generator):
    return False


def wal(folder):
    """The write-ahead log with the most in it; nothing when there is none."""
    logs = [path for path in folder.glob("**/*-wal") if path.stat().st_size]
    return max(logs, key=lambda path: path.stat().st_size, default=None)


def garbage_after(folder, generator):
    """A write that was under way: bytes of a frame behind the last whole one. Nothing that was told is lost."""
    log = wal(folder)
    if log:
        with open(log, "ab") as file:
            file.write(generator.randbytes(generator.randrange(1, 9_000)))
    return False


def cut(folder, generator):
    """A disk that lied about having written: the end of the log is gone. What it held is lost, the rest is whole."""
    log = wal(folder)
    if log:
        with open(log, "r+b") as file:
            file.truncate(max(log.stat().st_size - generator.randrange(1, 60_000), 0))
    return True


def scramble(folder, generator):
    """As `cut`, but with other bytes in place of the end."""
    log = wal(folder)
    if log:
        size = log.stat().st_size
        length = min(generator.randrange(1, 60_000), size)
        with open(log, "r+b") as file:
            file.seek(size - length)
            file.write(generator.randbytes(length))
    return True


# Each gives whether something that was acknowledged may be lost.
HARMS = {"none": none, "garbage": garbage_after, "cut": cut, "scramble": scramble}
