"""Registration, sign-in and sign-out: `/api/auth/registration/`, `jwt/…`, `logout/`."""

from rest_framework.request import Request
from rest_framework.response import Response

from shop.accounts import limits, services, tokens
from shop.accounts.errors import (
    CredentialsNotValid,
    EmailTaken,
    PasswordNotAccepted,
    TokenNotValid,
    UsernameTaken,
)
from shop.accounts.serializers import (
    LogoutInput,
    RefreshInput,
    RegistrationInput,
    RegistrationOutput,
    SignInInput,
    TokensOutput,
    VerifyInput,
    registration_of,
)
from shop.accounts.views import examples
from shop.accounts.views.base import PublicView, caller, device, parse
from shop.core.errors import TooManyRequests
from shop.core.once_per_key import OncePerKey
from shop.core.openapi import documented

TAGS = ["Sign-in"]


class RegistrationView(PublicView):
    limit = limits.REGISTRATION_FROM_ADDRESS

    @documented(
        "Register",
        request=RegistrationInput,
        response=RegistrationOutput,
        status=201,
        body={
            "email": "alice@example.com",
            "password": examples.PASSWORD,
            "first_name": "Alice",
            "last_name": "Archer",
            "phone_number": "+15550100",
        },
        example={"user": examples.ACCOUNT, **examples.TOKENS},
        refuses=[PasswordNotAccepted, EmailTaken, UsernameTaken, TooManyRequests],
        tags=TAGS,
    )
    def post(self, request: Request) -> Response:
        """Opens an account, signs it in, and mails a token that confirms the address."""
        user = services.register_user(**parse(RegistrationInput, request))
        session = services.open_session(user=user, **device(request))
        return Response(registration_of(session), status=201)


class SignInView(PublicView):
    limit = limits.SIGN_IN_FROM_ADDRESS

    @documented(
        "Sign in",
        request=SignInInput,
        response=TokensOutput,
        body={"email": "alice@example.com", "password": examples.PASSWORD},
        example=examples.TOKENS,
        refuses=[CredentialsNotValid, TooManyRequests],
        tags=TAGS,
    )
    def post(self, request: Request) -> Response:
        """Opens a session. Send the access token as `Authorization: Bearer …`.

        After ten failures in a quarter of an hour an account refuses further attempts with
        429, right passwords too.
        """
        session = services.sign_in(**parse(SignInInput, request), **device(request))
        return Response(tokens.pair_for(session))


class RefreshView(PublicView):
    @documented(
        "Refresh the tokens",
        request=RefreshInput,
        response=TokensOutput,
        body={"refresh": examples.REFRESH},
        example=examples.RENEWED_TOKENS,
        refuses=[TokenNotValid],
        tags=TAGS,
    )
    def post(self, request: Request) -> Response:
        """Spends the refresh token for a new pair.

        Each refresh token works once. Using a spent one ends the session, with every token
        that came from it: two parties hold it, and only one is you.
        """
        session = services.refresh_session(**parse(RefreshInput, request))
        return Response(tokens.pair_for(session))


class VerifyView(PublicView):
    @documented(
        "Verify a token",
        request=VerifyInput,
        response={"type": "object", "maxProperties": 0},
        body={"token": examples.ACCESS},
        example={},
        refuses=[TokenNotValid],
        tags=TAGS,
    )
    def post(self, request: Request) -> Response:
        """Whether an access or refresh token would be accepted now; spends nothing."""
        tokens.verify(parse(VerifyInput, request)["token"])
        return Response({})


class LogoutView(OncePerKey):
    @documented(
        "Sign out",
        request=LogoutInput,
        status=205,
        body={"refresh": examples.REFRESH},
        refuses=[TokenNotValid],
        tags=TAGS,
    )
    def post(self, request: Request) -> Response:
        """Ends the session of the refresh token, or every session with `{"all": true}`.

        Access tokens of an ended session stop working at once.
        """
        wanted = parse(LogoutInput, request)
        if wanted["all"]:
            services.end_all_sessions(user=caller(request))
        else:
            services.end_session(user=caller(request), refresh=wanted["refresh"])
        return Response(status=205)
