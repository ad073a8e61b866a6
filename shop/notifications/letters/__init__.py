"""What mails say, and to whom: each function reads what a letter needs and answers letters."""

from shop.notifications.letters.letter import Letter

__all__ = ["Letter"]
