"""The environment's variables, typed; `X_FILE` names a file that holds `X`."""

from environs import FileAwareEnv

# A file that an editor or `echo` wrote ends with a newline, which is no part of the value.
env = FileAwareEnv(strip_whitespace=True)
