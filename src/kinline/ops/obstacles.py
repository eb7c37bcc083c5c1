"""What can stand in the way of a command on somebody's machine, told in sentences instead of a traceback."""

import errno


class Obstacle(Exception):
    """A foreseen reason why a command cannot go on. Its text is shown to the person as it is."""


_SENTENCES = {
    errno.ENOSPC: "The disk is full. Make room, then run the command again: nothing half-written is used.",
    errno.EDQUOT: "The disk quota is used up. Make room, then run the command again: nothing half-written is used.",
    errno.EROFS: "The disk is read-only. Choose another place with --data DIR.",
    errno.EACCES: "This user may not write there. Choose another place with --data DIR, or run as its owner.",
    errno.EPERM: "This user may not do that there. Choose another place with --data DIR, or run as its owner.",
}


def of_disk(problem: OSError, folder: object) -> Obstacle | None:
    """The obstacle behind an error of the operating system, or None if it is not about the disk."""
    sentence = _SENTENCES.get(problem.errno or 0)
    if sentence is None:
        return None
    return Obstacle(f"Cannot use {problem.filename or folder}: {problem.strerror}.\n{sentence}")
