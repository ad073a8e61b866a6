"""What accounts refuse."""

from shop.core.errors import Conflict, DomainError, Invalid


class TokenNotValid(DomainError):
    status = 401
    code = "token_not_valid"
    detail = "The token is invalid, expired or its session has ended."


class CredentialsNotValid(DomainError):
    """One answer for an unknown address, a wrong password and an inactive account."""

    status = 401
    code = "invalid_credentials"
    detail = "No active account has this e-mail address and password."


class EmailTaken(Conflict):
    code = "email_taken"
    detail = "An account with this e-mail address exists."

    def __init__(self) -> None:
        super().__init__(attr="email")


class UsernameTaken(Conflict):
    code = "username_taken"
    detail = "Another account has this username."

    def __init__(self) -> None:
        super().__init__(attr="username")


class EmailNotUsable(Invalid):
    detail = "Enter a valid e-mail address."

    def __init__(self) -> None:
        super().__init__(attr="email")


class PasswordNotAccepted(Invalid):
    """A new password that is too short, too common, ...; the codes are Django's."""

    code = "password_too_common"
    detail = "This password is too common."


class PasswordIsWrong(Invalid):
    code = "wrong_password"
    detail = "This is not your present password."

    def __init__(self) -> None:
        super().__init__(attr="current_password")


class MailTokenNotValid(Invalid):
    code = "mail_token_not_valid"
    detail = "The token is wrong, expired or was used. Ask for a new mail."

    def __init__(self) -> None:
        super().__init__(attr="token")


class AddressBookIsFull(Conflict):
    code = "address_book_is_full"
    detail = "Delete an address before adding another one."
