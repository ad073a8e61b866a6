from django.contrib.auth.hashers import PBKDF2PasswordHasher


class ShopPBKDF2PasswordHasher(PBKDF2PasswordHasher):
    """PBKDF2-SHA256 with OWASP's 2023 work factor.

    Django's million iterations put a password change (two hashes) past our
    300 ms wall on a small server; ADR 0004 has the figures.
    """

    iterations = 600_000
