from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2(Argon2PasswordHasher):
    """Argon2id with OWASP's parameters: 28 ms of one core, 19 MiB. Django's default (263 ms, 100 MiB) lets a flood
    of logins stop everything (stack.md)."""

    time_cost = 2
    memory_cost = 19 * 1024
    parallelism = 1
