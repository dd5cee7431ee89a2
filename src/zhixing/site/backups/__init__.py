"""Backups that are also restored and compared: sealed to a public key, signed, digested table by table."""


class BackupFailed(Exception):
    """A backup or a restore can't go on; str() is fit for the user's eyes."""
