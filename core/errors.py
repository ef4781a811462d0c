"""The errors a user can cause and mend: each message is one line that names the file and the remedy."""


class Mem3DError(Exception):
    """Base of every error that is reported to the user as one line, without a traceback."""


class ConfigError(Mem3DError):
    """A combination of settings that cannot work; the message says why."""


class ImageError(Mem3DError):
    """A picture that cannot be read or used."""


class DatasetError(Mem3DError):
    """A data set, mesh or voxel file that is missing, unreadable or inconsistent."""


class CheckpointError(Mem3DError):
    """A checkpoint that is missing, truncated, foreign, or written by a newer version."""


class TrainingError(Mem3DError):
    """A training that cannot start or go on; what was saved last is kept."""


class OutputError(Mem3DError):
    """A result that cannot be written where it was asked for."""
